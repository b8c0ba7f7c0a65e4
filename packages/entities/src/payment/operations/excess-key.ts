import { uuidV7 } from '../../uuid-v7.ts';

const prefix = 'excess:';

/** A new key for what an order keeps above what it costs. */
export function excessKey(): string {
  return `${prefix}${uuidV7()}`;
}

/** Whether a key is one of those: it is only made for money that was credited. */
export function isExcess(idempotencyKey: string): boolean {
  return idempotencyKey.startsWith(prefix);
}

import type { ReadValue } from './outcome.ts';
import type { Mikro } from './release.ts';

/** A value of an entity's property as plain data; of another entity its key. */
export function readValue(value: unknown, mikro: Mikro): ReadValue {
  const plain = plainValue(value, mikro);
  if (plain === null || plain === undefined) return { kind: 'null', text: 'null' };
  if (plain instanceof Date) {
    return { kind: 'Date', text: Number.isNaN(plain.getTime()) ? 'Invalid Date' : plain.toISOString() };
  }
  if (plain instanceof Uint8Array) return { kind: 'bytes', text: Buffer.from(plain).toString('hex') };
  if (Array.isArray(plain)) return { kind: 'array', text: json(plain) };
  if (typeof plain === 'object') return { kind: plain.constructor?.name ?? 'object', text: json(plain) };
  return { kind: typeof plain, text: String(plain) };
}

/** A value as an entity is created with it: a reference is the key of what it refers to. */
export function plainValue(value: unknown, { Reference, ScalarReference, Utils, wrap }: Mikro): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ScalarReference) return value.unwrap();
  const target: unknown = Reference.isReference(value) ? value.unwrap() : value;
  if (typeof target !== 'object' || target === null || !Utils.isEntity(target)) return target;
  const { getPrimaryKeys } = wrap(target, true) as unknown as { getPrimaryKeys: () => unknown[] | null };
  const keys = getPrimaryKeys.call(wrap(target, true)) ?? [];
  return keys.length === 1 ? keys[0] : keys;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

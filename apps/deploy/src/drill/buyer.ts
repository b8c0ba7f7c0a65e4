import { randomUUID } from 'node:crypto';
import {
  Cart,
  checkout,
  type CheckoutRequest,
  Currency,
  type PlacedOrder,
  withRetry,
} from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';

/** Long enough for a failover: a caller of the shop must not see it. */
const patience = { attempts: 200, baseDelayMs: 20, maxDelayMs: 500 };

/** A client of the shop: it repeats what a lost connection left open, with the same key. */
export class Buyer {
  readonly #orm: MikroORM;
  readonly #signal: AbortSignal;

  constructor(orm: MikroORM, signal: AbortSignal) {
    this.#orm = orm;
    this.#signal = signal;
  }

  async openCart(): Promise<string> {
    // The key is the client's, so that a repetition finds the cart of the first attempt.
    const id = randomUUID();
    await this.run(openCart, id, { idempotent: true });
    return id;
  }

  async checkout(cartId: string, idempotencyKey: string = randomUUID()): Promise<PlacedOrder> {
    return await this.run(checkout, checkoutRequest(cartId, idempotencyKey));
  }

  async run<Input, Result>(
    operation: (em: EntityManager, input: Input) => Promise<Result>,
    input: Input,
    options: { idempotent?: boolean } = {},
  ): Promise<Result> {
    return await withRetry(this.#orm.em, operation, input, { ...patience, ...options, signal: this.#signal });
  }
}

async function openCart(em: EntityManager, id: string): Promise<void> {
  await em.upsert(Cart, { id, currency: em.getReference(Currency, 'USD') }, { onConflictAction: 'ignore' });
}

function checkoutRequest(cartId: string, idempotencyKey: string): CheckoutRequest {
  return {
    idempotencyKey,
    cartId,
    email: 'buyer@example.com',
    shippingAddress: { fullName: 'A. Buyer', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
  };
}

/** The stable code of a refusal by the shop's rules; anything else is thrown on. */
export function refusalCode(error: unknown): string {
  if (isUserError(error) && !error.code.startsWith('database-')) return error.code;
  throw error;
}

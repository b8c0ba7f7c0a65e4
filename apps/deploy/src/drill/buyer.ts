import { randomUUID } from 'node:crypto';
import {
  Cart,
  type CheckoutOperations,
  type CheckoutRequest,
  checkoutWith,
  Currency,
  type PlacedOrder,
  taxByRegion,
  withRetry,
} from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';

/** What is charged beside the goods, where taxes are added to prices. */
const salesTax = checkoutWith({
  shipping: () => [{ code: 'standard', amountMinor: 499n }],
  tax: taxByRegion([{ code: 'Sales tax', countryCode: 'US', ratePpm: 88_750, taxesShipping: false }]),
});
const address = { fullName: 'A. Buyer', line1: '1 Main St', city: 'Springfield' };

/** Long enough for a failover: a caller of the shop must not see it. */
const patience = { attempts: 200, baseDelayMs: 20, maxDelayMs: 500 };

/** A client of the shop: it repeats what a lost connection left open, with the same key. */
export class Buyer {
  readonly #orm: MikroORM;
  readonly #signal: AbortSignal;
  readonly #pricing: CheckoutOperations;

  constructor(orm: MikroORM, signal: AbortSignal, pricing = salesTax) {
    this.#orm = orm;
    this.#signal = signal;
    this.#pricing = pricing;
  }

  async openCart(): Promise<string> {
    // The key is the client's, so that a repetition finds the cart of the first attempt.
    const id = randomUUID();
    await this.run(openCart, id, { idempotent: true });
    return id;
  }

  /** What the buyer is shown, and then clicks on; each click sends the same request. */
  async agree(cartId: string, countryCode = 'US'): Promise<CheckoutRequest> {
    const quote = { cartId, destination: { countryCode } };
    const { totalMinor } = await this.run(this.#pricing.quoteCart, quote, { idempotent: true });
    return {
      idempotencyKey: randomUUID(),
      cartId,
      email: 'buyer@example.com',
      shippingAddress: { ...address, countryCode },
      expectedTotalMinor: totalMinor,
    };
  }

  async checkout(request: CheckoutRequest): Promise<PlacedOrder> {
    return await this.run(this.#pricing.checkout, request);
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

/** The stable code of a refusal by the shop's rules; anything else is thrown on. */
export function refusalCode(error: unknown): string {
  if (isUserError(error) && !error.code.startsWith('database-')) return error.code;
  throw error;
}

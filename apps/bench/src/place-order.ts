import { randomUUID } from 'node:crypto';
import { checkout } from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';

/** Checks a guest's cart out. */
export async function placeOrder(orm: MikroORM, cartId: string): Promise<void> {
  await checkout(orm.em.fork(), {
    idempotencyKey: randomUUID(),
    cartId,
    email: `${cartId}@example.com`,
    shippingAddress: { fullName: 'A. Buyer', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
    adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: 499n }],
  });
}

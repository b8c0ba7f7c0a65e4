import { randomUUID } from 'node:crypto';
import { checkoutWith, noCharges } from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { FilledCart } from './carts.ts';

const shippingMinor = 499n;
const { checkout } = checkoutWith({ shipping: noCharges, tax: noCharges });

/** Checks a guest's cart out. `discountMinor` is what its coupon takes off; default none. */
export async function placeOrder(orm: MikroORM, cart: FilledCart, discountMinor = 0n): Promise<void> {
  await checkout(orm.em.fork(), {
    idempotencyKey: randomUUID(),
    cartId: cart.id,
    email: `${cart.id}@example.com`,
    shippingAddress: { fullName: 'A. Buyer', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
    adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: shippingMinor }],
    expectedTotalMinor: cart.subtotalMinor - discountMinor + shippingMinor,
  });
}

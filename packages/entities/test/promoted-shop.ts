import { randomUUID } from 'node:crypto';
import {
  checkout,
  type CheckoutRequest,
  Coupon,
  type PlacedOrder,
  type PriceCalculators,
  Promotion,
} from '../src/index.ts';
import type { OpenShop } from './open-shop.ts';

/** A coupon of 10 % unless told, and its code. */
export async function offerCoupon(
  shop: OpenShop,
  { promotion, ...limits }: { promotion?: object; usageLimit?: number; customerUsageLimit?: number } = {},
): Promise<string> {
  const em = shop.orm.em.fork();
  const code = `C-${randomUUID().slice(0, 8).toUpperCase()}`;
  const discount = em.create(Promotion, { name: code, ratePpm: 100_000, ...promotion });
  em.create(Coupon, { promotion: discount, code, ...limits });
  await em.flush();
  return code;
}

/** The id of a customer with this e-mail address. */
export async function customer(shop: OpenShop, email: string): Promise<string> {
  const [row] = await shop.rows<{ id: string }>(
    `insert into customer (email) values ('${email}') returning id`,
  );
  return row?.id ?? '';
}

/** Orders a cart, as a guest unless it is a customer's. */
export function buy(
  shop: OpenShop,
  cartId: string,
  request?: Partial<CheckoutRequest>,
): Promise<PlacedOrder> {
  return buyWith(shop, {}, cartId, request);
}

/** Like {@link buy}, with fees and taxes. */
export function buyWith(
  shop: OpenShop,
  calculators: PriceCalculators,
  cartId: string,
  request?: Partial<CheckoutRequest>,
): Promise<PlacedOrder> {
  const complete = {
    idempotencyKey: randomUUID(),
    cartId,
    email: 'ann@example.com',
    shippingAddress: { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
    ...request,
  };
  return checkout(shop.orm.em.fork(), complete, calculators);
}

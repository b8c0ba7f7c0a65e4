import { randomUUID } from 'node:crypto';
import {
  type CheckoutRequest,
  checkoutWith,
  Coupon,
  noCharges,
  type PlacedOrder,
  type PriceCalculators,
  Promotion,
} from '../src/index.ts';
import type { OpenShop } from './open-shop.ts';
import { checkoutRequest } from './placed-order.ts';

const freeShop: PriceCalculators = { shipping: noCharges, tax: noCharges };

/** Makes a coupon, of 10 % by default, and returns its code. */
export async function offerCoupon(
  shop: OpenShop,
  { promotion, ...limits }: { promotion?: object; usageLimit?: number; customerUsageLimit?: number } = {},
): Promise<string> {
  const em = shop.em();
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

/** `count` variants at 10.00 EUR, one unit of each received. */
export async function stockedVariants(shop: OpenShop, count: number): Promise<string[]> {
  const rows = await shop.rows<{ id: string }>(`
    with location as (
      insert into stock_location (code, name) values ('${randomUUID()}', 'Main') returning id),
    product as (
      insert into product (handle, title, status)
      select gen_random_uuid()::text, 'Product', 'active' from generate_series(1, ${count}) returning id),
    variant as (
      insert into product_variant (product_id, title) select id, 'Default' from product returning id),
    price as (
      insert into price (variant_id, currency_code, amount_minor) select id, 'EUR', 1000 from variant),
    level as (
      insert into stock_level (variant_id, location_id, on_hand)
      select variant.id, location.id, 1 from variant, location),
    movement as (
      insert into stock_movement (variant_id, location_id, kind, quantity)
      select variant.id, location.id, 'receipt', 1 from variant, location)
    select id from variant`);
  return rows.map(({ id }) => id);
}

/** Orders a cart, as a guest unless it is a customer's. */
export async function buy(
  shop: OpenShop,
  cartId: string,
  request?: Partial<CheckoutRequest>,
): Promise<PlacedOrder> {
  return await buyWith(shop, freeShop, cartId, request);
}

/** Like {@link buy}, with fees and taxes. */
export async function buyWith(
  shop: OpenShop,
  calculators: PriceCalculators,
  cartId: string,
  request?: Partial<CheckoutRequest>,
): Promise<PlacedOrder> {
  const { quoteCart, checkout } = checkoutWith(calculators);
  return await checkout(shop.em(), await checkoutRequest(shop, cartId, request, quoteCart));
}

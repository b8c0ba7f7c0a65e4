import type { EntityManager } from '@mikro-orm/postgresql';
import type { OpenCart } from '../cart/lock-open-cart.ts';
import { CouponRefused, couponRefusalOf } from '../promotion/coupon-refused.ts';
import { uuidV7 } from '../uuid-v7.ts';
import type { Allocation } from './allocate-stock.ts';
import type { ParsedCheckout } from './checkout-request.ts';
import type { PricedCart } from './price-cart.ts';

/** A placed order as JSON. */
export interface StoredOrder {
  id: string;
  number: string;
  totalMinor: string;
}

/** What an order is made of. */
interface OrderParts extends PricedCart {
  input: ParsedCheckout;
  cart: OpenCart;
  allocations: Allocation[];
}

/**
 * Writes the order and all that belongs to it in two statements, whatever the number of lines.
 *
 * @throws CouponRefused when the coupon has reached a limit
 */
export async function insertOrder(
  em: EntityManager,
  { input, cart, price, coupon, allocations }: OrderParts,
): Promise<StoredOrder> {
  const orderId = uuidV7();
  const orderLines = price.lines.map((line, index) => ({ ...line, id: uuidV7(), position: index + 1 }));
  const lineIds = new Map(orderLines.map((line) => [line.variantId, line.id]));
  const adjustments = price.adjustments.map((each) => ({
    ...each,
    lineId: each.variantId === undefined ? undefined : lineIds.get(each.variantId),
  }));
  const addresses = [
    { kind: 'shipping', ...input.shippingAddress },
    { kind: 'billing', ...(input.billingAddress ?? input.shippingAddress) },
  ];

  const [inserted] = await em.execute<{ number: string }[]>(
    `with lines as (
       insert into order_line (id, order_id, position, variant_id, sku, title, variant_title, quantity,
         unit_price_minor, total_minor)
       select r.id, ?, r.position, r."variantId", r.sku, r.title, r."variantTitle", r.quantity, r."unitPriceMinor",
         r."totalMinor"
       from jsonb_to_recordset(?::jsonb) as r (id uuid, position integer, "variantId" uuid, sku text, title text,
         "variantTitle" text, quantity integer, "unitPriceMinor" bigint, "totalMinor" bigint)),
     addresses as (
       insert into order_address (order_id, kind, full_name, company, line1, line2, city, region, postal_code,
         country_code, phone)
       select ?, r.kind, r."fullName", r.company, r.line1, r.line2, r.city, r.region, r."postalCode",
         r."countryCode", r.phone
       from jsonb_to_recordset(?::jsonb) as r (kind text, "fullName" text, company text, line1 text, line2 text,
         city text, region text, "postalCode" text, "countryCode" text, phone text)),
     adjustments as (
       insert into order_adjustment (order_id, order_line_id, kind, code, amount_minor)
       select ?, r."lineId", r.kind, r.code, r."amountMinor"
       from jsonb_to_recordset(?::jsonb) as r ("lineId" uuid, kind text, code text, "amountMinor" bigint))
     insert into sales_order (id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor,
       shipping_minor, tax_minor, total_minor)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     returning number`,
    [
      orderId,
      json(orderLines),
      orderId,
      json(addresses),
      orderId,
      json(adjustments),
      orderId,
      cart.id,
      cart.customerId,
      input.email,
      cart.currencyCode,
      price.subtotalMinor,
      price.discountMinor,
      price.shippingMinor,
      price.taxMinor,
      price.totalMinor,
    ],
  );
  const stored = { id: orderId, number: String(inserted?.number), totalMinor: price.totalMinor.toString() };

  // A coupon that takes nothing off is not used. The last statement of the order uses it, since the uses of a limited
  // coupon wait for each other until they are committed.
  const discountMinor = price.couponDiscountMinor;
  const redemptions =
    coupon !== undefined && discountMinor > 0n ? [{ couponId: coupon.id, discountMinor }] : [];
  await em
    .execute(
      `with allocation as (
       select * from jsonb_to_recordset(?::jsonb)
         as r ("variantId" uuid, "locationId" uuid, "lineId" uuid, quantity integer)),
     levels as (
       update stock_level level set reserved = level.reserved + allocation.quantity from allocation
       where level.variant_id = allocation."variantId" and level.location_id = allocation."locationId"),
     reservations as (
       insert into stock_reservation (variant_id, location_id, order_line_id, quantity, expires_at)
       select "variantId", "locationId", "lineId", quantity, now() + make_interval(mins => ?::integer)
       from allocation),
     event as (
       insert into outbox_event (topic, aggregate_id, payload) values ('order.placed', ?, ?::jsonb)),
     redemption as (
       insert into coupon_redemption (order_id, coupon_id, discount_minor)
       select ?, r."couponId", r."discountMinor"
       from jsonb_to_recordset(?::jsonb) as r ("couponId" uuid, "discountMinor" bigint))
     update cart set status = 'completed' where id = ?`,
      [
        json(allocations.map((each) => ({ ...each, lineId: lineIds.get(each.variantId) }))),
        input.holdMinutes,
        orderId,
        json({ ...stored, currencyCode: cart.currencyCode }),
        orderId,
        json(redemptions),
        cart.id,
      ],
    )
    .catch((error: unknown) => {
      const refusal = couponRefusalOf(error);
      throw coupon !== undefined && refusal !== undefined
        ? new CouponRefused(coupon.code, refusal, error)
        : error;
    });
  return stored;
}

/** JSON with amounts as text: a JavaScript number would lose digits. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}

import type { EntityManager } from '@mikro-orm/postgresql';
import type { OpenCart } from '../../cart/operations/lock-open-cart.ts';
import { executePrepared } from '../../runtime/execute-prepared.ts';
import type { RequestIdentity } from '../../runtime/once.ts';
import { CouponRefused, couponRefusalOf } from '../../promotion/operations/coupon-refused.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import type { Allocation } from '../../inventory/operations/allocate-stock.ts';
import type { ParsedCheckout } from './checkout-request.ts';
import type { PricedCart } from '../../cart/operations/price-cart.ts';

/** A placed order as JSON. */
export interface StoredOrder {
  id: string;
  number: string;
  totalMinor: string;
}

/** What an order is made of. */
interface OrderParts extends PricedCart {
  identity: RequestIdentity;
  input: ParsedCheckout;
  cart: OpenCart;
  allocations: Allocation[];
}

/**
 * Writes the order with all that belongs to it, and the response to its request, in one statement, whatever the number
 * of lines.
 *
 * @throws CouponRefused when the coupon has reached a limit
 */
export async function insertOrder(
  em: EntityManager,
  { identity, input, cart, price, coupon, allocations }: OrderParts,
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

  // A coupon that takes nothing off is not used.
  const discountMinor = price.couponDiscountMinor;
  const redemptions =
    coupon !== undefined && discountMinor > 0n ? [{ couponId: coupon.id, discountMinor }] : [];

  // The uses of a limited coupon wait for each other until they are committed: this is the last statement, and a
  // trigger takes that lock at its end.
  const [stored] = await executePrepared<{ response: StoredOrder }>(
    em,
    `with placed as (
       insert into sales_order (id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor,
         shipping_minor, tax_minor, total_minor)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       returning jsonb_build_object('id', id, 'number', number::text, 'totalMinor', total_minor::text) as response),
     lines as (
       insert into order_line (id, order_id, position, variant_id, sku, title, variant_title, quantity,
         unit_price_minor, price_list_code, total_minor)
       select r.id, $1, r.position, r."variantId", r.sku, r.title, r."variantTitle", r.quantity, r."unitPriceMinor",
         r."priceList", r."totalMinor"
       from jsonb_to_recordset($11::jsonb) as r (id uuid, position integer, "variantId" uuid, sku text, title text,
         "variantTitle" text, quantity integer, "unitPriceMinor" bigint, "priceList" text, "totalMinor" bigint)),
     addresses as (
       insert into order_address (order_id, kind, full_name, company, line1, line2, city, region, postal_code,
         country_code, phone)
       select $1, r.kind, r."fullName", r.company, r.line1, r.line2, r.city, r.region, r."postalCode",
         r."countryCode", r.phone
       from jsonb_to_recordset($12::jsonb) as r (kind text, "fullName" text, company text, line1 text, line2 text,
         city text, region text, "postalCode" text, "countryCode" text, phone text)),
     adjustments as (
       insert into order_adjustment (order_id, order_line_id, kind, code, amount_minor)
       select $1, r."lineId", r.kind, r.code, r."amountMinor"
       from jsonb_to_recordset($13::jsonb) as r ("lineId" uuid, kind text, code text, "amountMinor" bigint)),
     allocation as (
       select * from jsonb_to_recordset($14::jsonb)
         as r ("variantId" uuid, "locationId" uuid, "lineId" uuid, quantity integer)),
     levels as (
       update stock_level level set reserved = level.reserved + allocation.quantity from allocation
       where level.variant_id = allocation."variantId" and level.location_id = allocation."locationId"),
     reservations as (
       insert into stock_reservation (variant_id, location_id, order_line_id, quantity, expires_at)
       select "variantId", "locationId", "lineId", quantity, now() + make_interval(mins => $15::integer)
       from allocation),
     redemption as (
       insert into coupon_redemption (order_id, coupon_id, discount_minor)
       select $1, r."couponId", r."discountMinor"
       from jsonb_to_recordset($16::jsonb) as r ("couponId" uuid, "discountMinor" bigint)),
     completed as (
       update cart set status = 'completed' where id = $2),
     event as (
       insert into outbox_event (topic, aggregate_id, payload)
       select 'order.placed', $1, response || jsonb_build_object('currencyCode', $5::text) from placed)
     update idempotency_key set response = placed.response from placed
     where scope = $17 and key = $18
     returning placed.response`,
    [
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
      json(orderLines),
      json(addresses),
      json(adjustments),
      json(allocations.map((each) => ({ ...each, lineId: lineIds.get(each.variantId) }))),
      input.holdMinutes,
      json(redemptions),
      identity.scope,
      identity.key,
    ],
  ).catch((error: unknown) => {
    const refusal = couponRefusalOf(error);
    throw coupon !== undefined && refusal !== undefined
      ? new CouponRefused(coupon.code, refusal, error)
      : error;
  });
  if (stored === undefined) throw new Error(`The key '${identity.key}' is not claimed.`);
  return stored.response;
}

/** JSON with amounts as text: a JavaScript number would lose digits. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}

import type { EntityManager } from '@mikro-orm/postgresql';
import type { OpenCart } from '../../cart/operations/lock-open-cart.ts';
import type { RequestIdentity } from '../../runtime/once.ts';
import { bool, int4, int8, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { CouponRefused, couponRefusalOf } from '../../promotion/operations/coupon-refused.ts';
import { newMetadata } from '../../runtime/metadata.ts';
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

const writeOrder = statement({
  isPrepared: true,
  params: {
    orderId: uuid,
    cartId: uuid,
    customerId: nullable(uuid),
    email: text,
    metadata: nullable(jsonb()),
    currencyCode: text,
    subtotalMinor: int8,
    discountMinor: int8,
    shippingMinor: int8,
    taxMinor: int8,
    totalMinor: int8,
    taxIncluded: bool,
    lines: jsonb(),
    addresses: jsonb(),
    adjustments: jsonb(),
    scope: text,
    key: text,
  },
  row: { response: jsonb<StoredOrder>() },
  sql: `with placed as (
      insert into sales_order (id, cart_id, customer_id, email, metadata, currency_code, subtotal_minor,
        discount_minor, shipping_minor, tax_minor, total_minor, tax_included)
      values (:orderId, :cartId, :customerId, :email, :metadata, :currencyCode, :subtotalMinor, :discountMinor,
        :shippingMinor, :taxMinor, :totalMinor, :taxIncluded)
      returning jsonb_build_object('id', id, 'number', number::text, 'totalMinor', total_minor::text) as response),
    lines as (
      insert into order_line (id, order_id, position, variant_id, properties, sku, title, variant_title, quantity,
        unit_price_minor, price_list_code, total_minor)
      select r.id, :orderId, r.position, r."variantId", r.properties, r.sku, r.title, r."variantTitle", r.quantity,
        r."unitPriceMinor", r."priceList", r."totalMinor"
      from jsonb_to_recordset(:lines) as r (id uuid, position integer, "variantId" uuid, properties jsonb, sku text,
        title text, "variantTitle" text, quantity integer, "unitPriceMinor" bigint, "priceList" text, "totalMinor" bigint)),
    addresses as (
      insert into order_address (order_id, kind, full_name, company, line1, line2, city, region, postal_code,
        country_code, phone)
      select :orderId, r.kind, r."fullName", r.company, r.line1, r.line2, r.city, r.region, r."postalCode",
        r."countryCode", r.phone
      from jsonb_to_recordset(:addresses) as r (kind text, "fullName" text, company text, line1 text, line2 text,
        city text, region text, "postalCode" text, "countryCode" text, phone text)),
    adjustments as (
      insert into order_adjustment (order_id, order_line_id, kind, code, amount_minor, rate_ppm, taxable_minor)
      select :orderId, r."lineId", r.kind, r.code, r."amountMinor", r."ratePpm", r."taxableMinor"
      from jsonb_to_recordset(:adjustments) as r ("lineId" uuid, kind text, code text, "amountMinor" bigint,
        "ratePpm" integer, "taxableMinor" bigint)),
    completed as (
      update cart set status = 'completed' where id = :cartId),
    event as (
      insert into outbox_event (topic, aggregate_id, payload)
      select 'order.placed', :orderId, response || jsonb_build_object('currencyCode', :currencyCode::text) from placed)
    update idempotency_key set response = placed.response from placed
    where scope = :scope and key = :key
    returning placed.response`,
});

// The last statement of a checkout, and a small one: orders of one variant wait for each other until they are committed,
// and so do the uses of a coupon by one customer, and of the last units of its limit. The levels come before the uses,
// as in a cancellation: that is what the condition of `redemption` is for, which is always true.
const takeStock = statement({
  isPrepared: true,
  params: { orderId: uuid, allocations: jsonb(), holdMinutes: int4, redemptions: jsonb() },
  row: {},
  sql: `with allocation as (
      select * from jsonb_to_recordset(:allocations)
        as r ("variantId" uuid, "locationId" uuid, "lineId" uuid, quantity integer)),
    locked_level as (
      select variant_id, location_id, allocated.quantity
      from (select "variantId", "locationId", sum(quantity)::integer as quantity
        from allocation group by "variantId", "locationId") allocated
      join stock_level on variant_id = allocated."variantId" and location_id = allocated."locationId"
      order by variant_id, location_id
      for no key update of stock_level),
    levels as (
      update stock_level level set reserved = level.reserved + locked_level.quantity from locked_level
      where level.variant_id = locked_level.variant_id and level.location_id = locked_level.location_id
      returning level.variant_id),
    redemption as (
      insert into coupon_redemption (order_id, coupon_id, discount_minor)
      select :orderId, r."couponId", r."discountMinor"
      from jsonb_to_recordset(:redemptions) as r ("couponId" uuid, "discountMinor" bigint)
      where (select count(*) from levels) >= 0
      order by r."couponId")
    insert into stock_reservation (variant_id, location_id, order_line_id, quantity, expires_at)
    select "variantId", "locationId", "lineId", quantity, now() + make_interval(mins => :holdMinutes)
    from allocation`,
});

/**
 * Writes the order with all that belongs to it, and the response to its request, then takes its stock and uses its
 * coupons, in two statements, whatever the number of lines.
 *
 * @throws CouponRefused `coupon-refused`: the coupon, or an automatic promotion, has reached a limit
 */
export async function insertOrder(
  em: EntityManager,
  { identity: { scope, key }, input, cart, price, used, allocations }: OrderParts,
): Promise<StoredOrder> {
  const { lines, adjustments, promotions, ...totals } = price;
  const orderId = uuidV7();
  const orderLines = lines.map((line, index) => ({ ...line, id: uuidV7(), position: index + 1 }));
  const lineIds = new Map<string | undefined, string>(orderLines.map((line) => [line.lineId, line.id]));
  const ofLine = <Part extends { lineId?: string | undefined }>(part: Part) => ({
    ...part,
    lineId: lineIds.get(part.lineId),
  });
  const { email, holdMinutes, shippingAddress, billingAddress = shippingAddress } = input;
  const [stored] = await writeOrder(em, {
    ...totals,
    orderId,
    cartId: cart.id,
    customerId: cart.customerId,
    email,
    metadata: newMetadata(input.metadata),
    currencyCode: cart.currencyCode,
    lines: orderLines,
    addresses: [
      { kind: 'shipping', ...shippingAddress },
      { kind: 'billing', ...billingAddress },
    ],
    adjustments: adjustments.map(ofLine),
    scope,
    key,
  });
  if (stored === undefined) throw new Error(`The key '${key}' is not claimed.`);
  const discounts = new Map(promotions.map(({ code, discountMinor }) => [code, discountMinor]));
  await takeStock(em, {
    orderId,
    allocations: allocations.map(ofLine),
    holdMinutes,
    // A coupon that takes nothing off is not used.
    redemptions: used.map(({ id, code }) => ({ couponId: id, discountMinor: discounts.get(code) })),
  }).catch((error: unknown) => {
    const refusal = couponRefusalOf(error);
    // The trigger names the coupon.
    const refused = used.find(({ id }) => error instanceof Error && error.message.includes(id));
    throw refused !== undefined && refusal !== undefined
      ? new CouponRefused(refused.code, refusal, error)
      : error;
  });
  return stored.response;
}

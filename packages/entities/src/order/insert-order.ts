import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { uuidV7 } from '../uuid-v7.ts';
import type { Allocation } from './allocate-stock.ts';
import type { ParsedCheckout } from './checkout-request.ts';

/** The cart, locked. */
export interface CheckoutCart {
  id: string;
  customer_id: string | null;
  currency_code: string;
}

/** A line of the cart with what the order remembers of it. */
export interface CheckoutLine {
  variantId: string;
  quantity: number;
  unitPriceMinor: bigint;
  sku: string | null;
  title: string;
  variantTitle: string;
}

/** A placed order as JSON. */
export interface StoredOrder {
  id: string;
  number: string;
  totalMinor: string;
}

/** Writes the order and all that belongs to it in two statements, whatever the number of lines. */
export async function insertOrder(
  em: EntityManager,
  {
    input,
    cart,
    lines,
    allocations,
  }: { input: ParsedCheckout; cart: CheckoutCart; lines: CheckoutLine[]; allocations: Allocation[] },
): Promise<StoredOrder> {
  const order = { id: uuidV7(), ...totals(input, lines) };
  const orderLines = lines.map((line, index) => ({
    ...line,
    id: uuidV7(),
    position: index + 1,
    totalMinor: BigInt(line.quantity) * line.unitPriceMinor,
  }));
  const lineIds = new Map(orderLines.map((line) => [line.variantId, line.id]));
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
       insert into order_adjustment (order_id, kind, code, amount_minor)
       select ?, r.kind, r.code, r."amountMinor"
       from jsonb_to_recordset(?::jsonb) as r (kind text, code text, "amountMinor" bigint))
     insert into sales_order (id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor,
       shipping_minor, tax_minor, total_minor)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     returning number`,
    [
      order.id,
      json(orderLines),
      order.id,
      json(addresses),
      order.id,
      json(input.adjustments),
      order.id,
      cart.id,
      cart.customer_id,
      input.email,
      cart.currency_code,
      order.subtotal,
      order.discount,
      order.shipping,
      order.tax,
      order.total,
    ],
  );
  const stored = { id: order.id, number: String(inserted?.number), totalMinor: order.total.toString() };

  await em.execute(
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
       insert into outbox_event (topic, aggregate_id, payload) values ('order.placed', ?, ?::jsonb))
     update cart set status = 'completed' where id = ?`,
    [
      json(allocations.map((each) => ({ ...each, lineId: lineIds.get(each.variantId) }))),
      input.holdMinutes,
      order.id,
      json({ ...stored, currencyCode: cart.currency_code }),
      cart.id,
    ],
  );
  return stored;
}

function totals(input: ParsedCheckout, lines: readonly CheckoutLine[]) {
  const of = (kind: string) =>
    input.adjustments.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.amountMinor, 0n);
  const subtotal = lines.reduce((sum, line) => sum + BigInt(line.quantity) * line.unitPriceMinor, 0n);
  const [discount, shipping, tax] = [of('discount'), of('shipping'), of('tax')];
  const total = subtotal - discount + shipping + tax;
  if (total < 0n) {
    throw new UserError('bad-adjustments', `The discounts of ${discount} leave a total of ${total}.`, {
      hint: 'A discount is at most what it is subtracted from.',
    });
  }
  return { subtotal, discount, shipping, tax, total };
}

/** JSON with amounts as text: a JavaScript number would lose digits. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}

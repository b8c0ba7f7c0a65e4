import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { type JsonObject, ledgerId } from '../../bounds.ts';
import type { SalesOrder } from '../../order/sales-order.ts';
import type { Shipment } from '../../fulfilment/shipment.ts';
import { parseInput } from '../../parse-input.ts';
import { metadataOf } from '../../runtime/metadata.ts';
import {
  bool,
  int4,
  int8,
  jsonb,
  nullable,
  text,
  textOf,
  timestamptz,
  uuid,
} from '../../runtime/sql-type.ts';
import { jsonRows, type RowOf, rowsOf, statement } from '../../runtime/statement.ts';
import type { Payment, PaymentTransaction } from '../payment.ts';

const request = z
  .strictObject({
    orderId: z.uuid().optional(),
    number: ledgerId.optional(),
    customerId: z.uuid().optional(),
  })
  .refine(
    ({ orderId, number }) => (orderId === undefined) !== (number === undefined),
    'either an orderId or a number',
  );

/** Which order {@link getOrder} reads: by `orderId` or `number`; with `customerId`, only if it is that customer's. */
export type OrderRequest = z.infer<typeof request>;

const line = {
  lineId: uuid,
  variantId: uuid,
  properties: jsonb<JsonObject>(),
  sku: nullable(text),
  title: text,
  variantTitle: text,
  quantity: int4,
  unitPriceMinor: int8,
  /** The list that the price was of. */
  priceList: text,
  totalMinor: int8,
  /** The edit that has added it. */
  editNumber: nullable(int4),
  shipped: int4,
  cancelled: int4,
  returned: int4,
};

const adjustment = {
  kind: textOf<'discount' | 'shipping' | 'tax'>(),
  code: text,
  /** Not negative; a discount is subtracted. */
  amountMinor: int8,
  /** Null: of the whole order. */
  lineId: nullable(uuid),
};

const promotion = {
  code: text,
  name: text,
  scope: textOf<'line' | 'order' | 'shipping'>(),
  discountMinor: int8,
};

const address = {
  kind: textOf<'shipping' | 'billing'>(),
  fullName: nullable(text),
  company: nullable(text),
  line1: nullable(text),
  line2: nullable(text),
  city: nullable(text),
  region: nullable(text),
  postalCode: nullable(text),
  countryCode: text,
  phone: nullable(text),
};

const transaction = {
  transactionId: uuid,
  kind: textOf<PaymentTransaction['kind']>(),
  status: textOf<PaymentTransaction['status']>(),
  amountMinor: int8,
  /** What was done, where that is less than was asked. */
  settledMinor: nullable(int8),
  providerReference: nullable(text),
  failureReason: nullable(text),
  /** Whether the provider did it without a request from here. */
  isExternal: bool,
  createdAt: timestamptz,
  completedAt: nullable(timestamptz),
};

const payment = {
  paymentId: uuid,
  provider: text,
  providerReference: nullable(text),
  status: textOf<Payment['status']>(),
  amountMinor: int8,
  authorizedMinor: int8,
  capturedMinor: int8,
  refundedMinor: int8,
  disputedMinor: int8,
  createdAt: timestamptz,
  transactions: jsonRows(transaction),
};

const shipment = {
  shipmentId: uuid,
  locationId: uuid,
  status: textOf<Shipment['status']>(),
  carrier: nullable(text),
  trackingNumber: nullable(text),
  shippedAt: nullable(timestamptz),
  deliveredAt: nullable(timestamptz),
  lines: jsonRows({ lineId: uuid, quantity: int4 }),
};

const edit = {
  /** The first one is 1. */
  number: int4,
  /** Of what it has added. */
  subtotalMinor: int8,
  taxMinor: int8,
  /** Of what it has taken off. */
  creditNoteId: nullable(uuid),
  addressChanged: bool,
  reason: nullable(text),
  editedAt: timestamptz,
};

const change = { fromStatus: text, toStatus: text, changedAt: timestamptz };

const order = {
  id: uuid,
  number: int8,
  /** Null: a guest's. */
  customerId: nullable(uuid),
  /** Null: its buyer was erased. */
  email: nullable(text),
  status: textOf<SalesOrder['status']>(),
  currencyCode: text,
  subtotalMinor: int8,
  discountMinor: int8,
  shippingMinor: int8,
  taxMinor: int8,
  totalMinor: int8,
  placedAt: timestamptz,
  updatedAt: timestamptz,
  metadata: jsonb<JsonObject>(),
  lines: jsonRows(line),
  adjustments: jsonRows(adjustment),
  /** What coupons and automatic promotions took off; those of the shipping are subtracted from its fees. */
  promotions: jsonRows(promotion),
  addresses: jsonRows(address),
  /** Those that edits have replaced: by which one. */
  formerAddresses: jsonRows({ ...address, replacedBy: int4 }),
  payments: jsonRows(payment),
  shipments: jsonRows(shipment),
  edits: jsonRows(edit),
  /** The first change first. */
  history: jsonRows(change),
};

/** All of an order. Amounts are in minor units of its currency. */
export type OrderDetail = RowOf<typeof order>;

const addressColumns = `kind, full_name as "fullName", company, line1, line2, city, region, postal_code as "postalCode",
        country_code as "countryCode", phone`;

// One statement, so that all of it is of one snapshot.
const selectOrder = (
  condition: string,
) => `select o.id, o.number, o.customer_id as "customerId", o.email, o.status,
    o.currency_code as "currencyCode", o.subtotal_minor as "subtotalMinor", o.discount_minor as "discountMinor",
    o.shipping_minor as "shippingMinor", o.tax_minor as "taxMinor", o.total_minor as "totalMinor",
    o.placed_at as "placedAt", o.updated_at as "updatedAt", ${metadataOf('o.metadata')} as metadata,
    ${rowsOf(`select id as "lineId", variant_id as "variantId", ${metadataOf('properties')} as properties, sku, title,
        variant_title as "variantTitle", quantity, unit_price_minor::text as "unitPriceMinor",
        price_list_code as "priceList", total_minor::text as "totalMinor", edit_number as "editNumber", shipped_quantity as shipped,
        cancelled_quantity as cancelled, returned_quantity as returned, position as sort
      from order_line where order_id = o.id`)} as lines,
    ${rowsOf(`select kind, code, amount_minor::text as "amountMinor", order_line_id as "lineId", row(kind, id) as sort
      from order_adjustment where order_id = o.id`)} as adjustments,
    ${rowsOf(`select coupon.code, promotion.name, promotion.scope, r.discount_minor::text as "discountMinor",
        coupon.code as sort
      from coupon_redemption r join coupon on coupon.id = r.coupon_id
      join promotion on promotion.id = coupon.promotion_id where r.order_id = o.id`)} as promotions,
    ${rowsOf(`select ${addressColumns}, kind as sort
      from order_address where order_id = o.id and replaced_by = 0`)} as addresses,
    ${rowsOf(`select ${addressColumns}, replaced_by as "replacedBy", replaced_by as sort
      from order_address where order_id = o.id and replaced_by > 0`)} as "formerAddresses",
    ${rowsOf(`select p.id as "paymentId", provider, provider_reference as "providerReference", p.status,
        amount_minor::text as "amountMinor", authorized_minor::text as "authorizedMinor",
        captured_minor::text as "capturedMinor", refunded_minor::text as "refundedMinor",
        disputed_minor::text as "disputedMinor", created_at as "createdAt", row(created_at, id) as sort,
        ${rowsOf(`select id as "transactionId", kind, status, amount_minor::text as "amountMinor",
            settled_minor::text as "settledMinor", provider_reference as "providerReference",
            failure_reason as "failureReason", is_external as "isExternal", created_at as "createdAt",
            completed_at as "completedAt", row(created_at, id) as sort
          from payment_transaction where payment_id = p.id`)} as transactions
      from payment p where order_id = o.id`)} as payments,
    ${rowsOf(`select s.id as "shipmentId", location_id as "locationId", status, carrier,
        tracking_number as "trackingNumber", shipped_at as "shippedAt", delivered_at as "deliveredAt",
        row(created_at, id) as sort,
        ${rowsOf(`select l.id as "lineId", sum(hold.quantity)::integer as quantity, l.position as sort
          from order_line l join stock_reservation hold on hold.order_line_id = l.id and hold.shipment_id = s.id
          where l.order_id = o.id group by l.id`)} as lines
      from shipment s where order_id = o.id`)} as shipments,
    ${rowsOf(`select number, subtotal_minor::text as "subtotalMinor", tax_minor::text as "taxMinor",
        credit_note_id as "creditNoteId", address_changed as "addressChanged", reason, edited_at as "editedAt",
        number as sort
      from order_edit where order_id = o.id`)} as edits,
    ${rowsOf(`select from_status as "fromStatus", to_status as "toStatus", changed_at as "changedAt", id as sort
      from order_status_history where order_id = o.id`)} as history
  from sales_order o where ${condition} and (:customerId::uuid is null or o.customer_id = :customerId)`;

const customerId = nullable(uuid);
const byId = statement({
  params: { orderId: uuid, customerId },
  row: order,
  sql: selectOrder('o.id = :orderId'),
});
const byNumber = statement({
  params: { number: int8, customerId },
  row: order,
  sql: selectOrder('o.number = :number'),
});

/**
 * Reads an order whole: its lines, adjustments, addresses, payments with their transactions, shipments, history and
 * metadata, in one statement, of one moment. It only reads, so it may run on a replica, by `onReader`.
 *
 * @throws UserError `invalid-input`; `order-not-found`: there is none, or it is not that of `customerId`
 * @example
 * ```ts
 * const { lines, payments } = await getOrder(em, { orderId, customerId }); // as its buyer sees it
 * ```
 */
export async function getOrder(em: EntityManager, input: OrderRequest): Promise<OrderDetail> {
  const { orderId, number, customerId } = parseInput(request, input);
  const [found] =
    orderId === undefined
      ? await byNumber(em, { number: number ?? 0n, customerId })
      : await byId(em, { orderId, customerId });
  if (found === undefined) throw new UserError('order-not-found', `There is no order ${orderId ?? number}.`);
  return found;
}

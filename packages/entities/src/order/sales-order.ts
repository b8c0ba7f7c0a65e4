import { defineEntity, p } from '@mikro-orm/core';
import { jsonLimits } from '../bounds.ts';
import { emailRule, objectCheck, oneOfCheck } from '../length-check.ts';
import { Cart } from '../cart/cart.ts';
import { Currency } from '../catalog/currency.ts';
import { id, metadata, minorUnits, oneOf, timestamp, updatedAt } from '../columns.ts';
import { Customer } from '../customer/customer.ts';
import { statusMachine } from '../status-machine.ts';
import {
  currencyTrigger,
  notErasedTrigger,
  statusTransitionTrigger,
  trigger,
  updatedAtTrigger,
} from '../triggers.ts';

/** The life of an order. */
export const orderMachine = statusMachine(
  'sales_order',
  ['pending', 'confirmed', 'partially_shipped', 'shipped', 'completed', 'cancelled', 'returned'],
  [
    { from: 'new', to: 'pending', by: ['checkout'] },
    { from: 'pending', to: 'confirmed', by: ['confirmOrder', 'authorizePayment'] },
    { from: 'pending', to: 'cancelled', by: ['cancelOrder', 'expireHolds'] },
    { from: 'confirmed', to: 'partially_shipped', by: ['shipOrder'] },
    { from: 'confirmed', to: 'shipped', by: ['shipOrder'] },
    { from: 'confirmed', to: 'cancelled', by: ['cancelOrder', 'cancelLines'] },
    { from: 'partially_shipped', to: 'shipped', by: ['shipOrder', 'cancelLines'] },
    { from: 'shipped', to: 'completed', by: ['deliverShipment', 'cancelLines'] },
    { from: 'shipped', to: 'returned', by: ['returnLines', 'receiveReturn', 'cancelLines'] },
    { from: 'completed', to: 'returned', by: ['returnLines', 'receiveReturn'] },
  ],
);

const SalesOrderSchema = defineEntity({
  name: 'SalesOrder',
  tableName: 'sales_order',
  properties: {
    id,
    /** What the customer is told. Gaps are allowed. */
    number: p.bigint().autoincrement().unique('sales_order_number_unique'),
    cart: () => p.oneToOne(Cart).nullable().deleteRule('no action').unique('sales_order_cart_id_unique'),
    /** Null for a guest. */
    customer: () => p.manyToOne(Customer).nullable().deleteRule('no action'),
    email: p.text().nullable(),
    currency: () => p.manyToOne(Currency).createForeignKeyConstraint(false),
    status: oneOf(orderMachine.statuses).default('pending'),
    subtotalMinor: minorUnits(),
    discountMinor: minorUnits().defaultRaw('0'),
    shippingMinor: minorUnits().defaultRaw('0'),
    taxMinor: minorUnits().defaultRaw('0'),
    totalMinor: minorUnits(),
    metadata,
    taxIncluded: p
      .boolean()
      .default(false)
      .comment('Whether the other amounts, and the prices of the lines, include the tax. A snapshot.'),
    placedAt: timestamp().defaultRaw('now()'),
    updatedAt,
    placedXid: p
      .text()
      .columnType('xid8')
      .nullable()
      .defaultRaw('pg_current_xact_id()')
      .comment('The transaction that placed it: no other adds lines or adjustments.'),
  },
  uniques: [{ name: 'sales_order_id_currency_code_unique', properties: ['id', 'currency'] }],
  indexes: [
    {
      name: 'sales_order_listing_index',
      properties: ['placedAt', 'id'],
      include: ['number', 'currency', 'totalMinor'],
    },
    {
      name: 'sales_order_customer_id_index',
      properties: ['customer', 'placedAt', 'id'],
      where: 'customer_id is not null',
    },
    {
      name: 'sales_order_email_index',
      expression: 'create index sales_order_email_index on sales_order (lower(email))',
    },
  ],
  checks: [
    oneOfCheck('sales_order', 'status', orderMachine.statuses),
    objectCheck('sales_order', 'metadata', jsonLimits.metadata),
    { name: 'sales_order_email_check', expression: emailRule },
    { name: 'sales_order_erased_check', expression: 'email is not null or metadata is null' },
    {
      name: 'sales_order_amounts_check',
      expression: 'least(subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor) >= 0',
    },
    {
      name: 'sales_order_total_check',
      expression:
        'total_minor = subtotal_minor - discount_minor + shipping_minor + case when tax_included then 0 else tax_minor end',
    },
    { name: 'sales_order_discount_check', expression: 'discount_minor <= subtotal_minor' },
    {
      name: 'sales_order_tax_included_check',
      expression: 'not tax_included or tax_minor <= total_minor',
    },
  ],
  triggers: [
    // That of a new order is looked up by what records its status.
    currencyTrigger('sales_order', { events: ['update'] }),
    statusTransitionTrigger(orderMachine),
    updatedAtTrigger('sales_order'),
    notErasedTrigger('sales_order', {
      columns: ['customer_id', 'email'],
      when: 'new.customer_id is not null and new.email is not null',
    }),
    trigger('sales_order', 'status_recorded', {
      timing: 'after',
      events: ['insert', 'delete', 'update'],
      columns: ['status', 'placed_at'],
      execute: 'record_order_status',
    }),
    trigger('sales_order', 'sums', {
      timing: 'after',
      events: ['insert', 'update'],
      columns: ['subtotal_minor', 'discount_minor', 'shipping_minor', 'tax_minor'],
      execute: 'check_order_sums',
      deferred: true,
    }),
    trigger('sales_order', 'covered', {
      timing: 'after',
      events: ['update'],
      columns: ['status'],
      when: `new.status = 'confirmed' and old.status <> 'confirmed'`,
      execute: 'check_order_cover',
    }),
    trigger('sales_order', 'fulfilled', {
      timing: 'after',
      events: ['update'],
      columns: ['status'],
      when: `new.status in ('partially_shipped', 'shipped', 'completed', 'returned') and new.status <> old.status`,
      execute: 'check_order_fulfilment',
    }),
    trigger('sales_order', 'not_shipped', {
      timing: 'after',
      events: ['update'],
      columns: ['status'],
      when: `new.status = 'cancelled' and old.status <> 'cancelled'`,
      execute: 'refuse_shipped_order',
    }),
    trigger('sales_order', 'email_kept', {
      timing: 'after',
      events: ['update'],
      columns: ['email'],
      when: 'new.email is not null and new.email is distinct from old.email',
      execute: 'keep_email',
    }),
    trigger('sales_order', 'release_coupons', {
      timing: 'after',
      events: ['update'],
      forEach: 'statement',
      referencing: 'new table as changed',
      execute: 'release_coupons',
    }),
  ],
});

/** An order. Its amounts are a snapshot, its status follows `status_transition`. */
export class SalesOrder extends SalesOrderSchema.class {}
SalesOrderSchema.setClass(SalesOrder);

import { defineEntity, p } from '@mikro-orm/core';
import { ledgerId, timestamp } from '../columns.ts';
import { appendOnlyTrigger } from '../triggers.ts';
import { SalesOrder } from './sales-order.ts';

const OrderStatusHistorySchema = defineEntity({
  name: 'OrderStatusHistory',
  tableName: 'order_status_history',
  properties: {
    id: ledgerId,
    order: () => p.manyToOne(SalesOrder),
    /** `new` in the first row of an order. */
    fromStatus: p.text(),
    toStatus: p.text(),
    /** The setting `shop.actor` of the session, or its user. */
    changedBy: p.text().defaultRaw('session_user'),
    /** By the clock: in the order of the changes. */
    changedAt: timestamp().defaultRaw('clock_timestamp()'),
  },
  indexes: [{ name: 'order_status_history_order_id_index', properties: ['order', 'id'] }],
  triggers: [appendOnlyTrigger('order_status_history')],
});

/** A change of an order's status. A trigger writes it; it is never changed. */
export class OrderStatusHistory extends OrderStatusHistorySchema.class {}
OrderStatusHistorySchema.setClass(OrderStatusHistory);

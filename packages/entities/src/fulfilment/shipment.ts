import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { createdAt, id, timestamp, updatedAt } from '../columns.ts';
import { StockLocation } from '../inventory/stock-location.ts';
import { statusMachine } from '../status-machine.ts';
import { statusTransitionTrigger, trigger, updatedAtTrigger } from '../triggers.ts';
import { SalesOrder } from '../order/sales-order.ts';

/** The life of a shipment. */
export const shipmentMachine = statusMachine(
  'shipment',
  ['pending', 'shipped', 'delivered', 'returned', 'cancelled'],
  [
    { from: 'new', to: 'pending', by: ['shipOrder'] },
    { from: 'pending', to: 'shipped', by: ['shipOrder'] },
    { from: 'pending', to: 'cancelled', by: [] },
    { from: 'shipped', to: 'delivered', by: ['deliverShipment'] },
    { from: 'shipped', to: 'returned', by: ['returnLines', 'receiveReturn', 'cancelLines'] },
    { from: 'delivered', to: 'returned', by: ['returnLines', 'receiveReturn', 'cancelLines'] },
  ],
);

const ShipmentSchema = defineEntity({
  name: 'Shipment',
  tableName: 'shipment',
  properties: {
    id,
    order: () => p.manyToOne(SalesOrder).index('shipment_order_id_index'),
    location: () => p.manyToOne(StockLocation),
    status: p.enum(shipmentMachine.statuses).columnType('text').default('pending'),
    carrier: p.text().nullable(),
    trackingNumber: p.text().nullable(),
    shippedAt: timestamp().nullable(),
    deliveredAt: timestamp().nullable(),
    createdAt,
    updatedAt,
  },
  checks: [
    lengthCheck('shipment', { carrier: maxLength.line, tracking_number: maxLength.line }),
    {
      name: 'shipment_dates_check',
      expression: `(shipped_at is not null) = (status in ('shipped', 'delivered', 'returned')) and delivered_at >= shipped_at and (status <> 'delivered' or delivered_at is not null)`,
    },
  ],
  triggers: [
    statusTransitionTrigger(shipmentMachine),
    updatedAtTrigger('shipment'),
    trigger('shipment', 'order_confirmed', {
      timing: 'after',
      events: ['insert'],
      execute: 'require_confirmed_order',
    }),
  ],
});

/** Goods of an order that leave a location together: the reservations that it consumed. */
export class Shipment extends ShipmentSchema.class {}
ShipmentSchema.setClass(Shipment);

import { defineEntity, p } from '@mikro-orm/core';
import { id, oneOf, timestamp } from '../columns.ts';
import { oneOfCheck } from '../length-check.ts';
import { OrderLine } from '../order/order-line.ts';
import { Shipment } from './shipment.ts';
import { statusMachine } from '../status-machine.ts';
import { statusTransitionTrigger } from '../triggers.ts';
import { StockLevel } from '../inventory/stock-level.ts';

/** The life of a hold. */
export const reservationMachine = statusMachine(
  'stock_reservation',
  ['held', 'consumed', 'released', 'expired'],
  [
    { from: 'new', to: 'held', by: ['checkout'] },
    { from: 'held', to: 'consumed', by: ['shipOrder'] },
    { from: 'held', to: 'released', by: ['cancelOrder', 'cancelLines'] },
    { from: 'held', to: 'expired', by: ['expireHolds'] },
  ],
);

const StockReservationSchema = defineEntity({
  name: 'StockReservation',
  tableName: 'stock_reservation',
  properties: {
    id,
    level: () =>
      p
        .manyToOne(StockLevel)
        .deleteRule('no action')
        .updateRule('no action')
        .joinColumns('variant_id', 'location_id')
        .foreignKeyName('stock_reservation_variant_id_location_id_foreign'),
    orderLine: () => p.manyToOne(OrderLine).index('stock_reservation_order_line_id_index'),
    /** The shipment that consumed it. */
    shipment: () => p.manyToOne(Shipment).nullable().deleteRule('no action'),
    quantity: p.integer(),
    status: oneOf(reservationMachine.statuses).default('held'),
    expiresAt: timestamp()
      .nullable()
      .comment('A hold of an unpaid order ends here. Null: kept until it is shipped or released.'),
  },
  checks: [
    oneOfCheck('stock_reservation', 'status', reservationMachine.statuses),
    { name: 'stock_reservation_quantity_check', expression: 'quantity > 0' },
    {
      name: 'stock_reservation_shipment_check',
      expression: `(status = 'consumed') = (shipment_id is not null)`,
    },
  ],
  triggers: [statusTransitionTrigger(reservationMachine)],
});

/** Stock that is promised to a line of an order. */
export class StockReservation extends StockReservationSchema.class {}
StockReservationSchema.setClass(StockReservation);

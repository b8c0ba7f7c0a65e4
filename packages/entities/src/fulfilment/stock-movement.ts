import { defineEntity, p } from '@mikro-orm/core';
import { actor, createdAt, ledgerId } from '../columns.ts';
import { appendOnlyTrigger } from '../triggers.ts';
import { StockLevel } from '../inventory/stock-level.ts';
import { StockReservation } from './stock-reservation.ts';

const StockMovementSchema = defineEntity({
  name: 'StockMovement',
  tableName: 'stock_movement',
  properties: {
    id: ledgerId,
    level: () =>
      p
        .manyToOne(StockLevel)
        .deleteRule('no action')
        .updateRule('no action')
        .joinColumns('variant_id', 'location_id')
        .foreignKeyName('stock_movement_variant_id_location_id_foreign'),
    kind: p.enum(['receipt', 'adjustment', 'shipment', 'return']).columnType('text'),
    /** Signed: what comes is positive, what goes is negative. */
    quantity: p.integer(),
    reservation: () =>
      p
        .manyToOne(StockReservation)
        .nullable()
        .deleteRule('no action')
        .index('stock_movement_reservation_id_index'),
    /** Why, for goods that were received, returned or corrected. */
    note: p.text().nullable(),
    createdAt,
    actor,
  },
  uniques: [
    { name: 'stock_movement_shipment_unique', properties: ['reservation'], where: `kind = 'shipment'` },
  ],
  indexes: [{ name: 'stock_movement_variant_id_location_id_index', properties: ['level', 'id'] }],
  checks: [
    {
      name: 'stock_movement_quantity_check',
      expression: `case kind when 'adjustment' then quantity <> 0 when 'shipment' then quantity < 0 else quantity > 0 end`,
    },
    {
      name: 'stock_movement_reservation_check',
      expression: `kind not in ('shipment', 'return') or reservation_id is not null`,
    },
  ],
  triggers: [appendOnlyTrigger('stock_movement')],
});

/** A change of a stock level's `onHand`. It is never changed: a wrong one is corrected by another. */
export class StockMovement extends StockMovementSchema.class {}
StockMovementSchema.setClass(StockMovement);

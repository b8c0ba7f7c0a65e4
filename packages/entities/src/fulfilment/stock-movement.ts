import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { actor, createdAt, ledgerId } from '../columns.ts';
import { appendOnlyTrigger, trigger } from '../triggers.ts';
import { adjustmentReasons } from '../inventory/adjustment-reason.ts';
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
    kind: p.enum(['receipt', 'adjustment', 'shipment', 'return', 'transfer']).columnType('text'),
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
    reason: p
      .enum(adjustmentReasons)
      .columnType('text')
      .nullable()
      .comment('Why the stock was corrected. Null: by an import of a catalog.'),
    transferId: p.uuid().nullable().comment('Its rows are one transfer: of each variant their sum is 0.'),
  },
  uniques: [
    { name: 'stock_movement_shipment_unique', properties: ['reservation'], where: `kind = 'shipment'` },
    {
      name: 'stock_movement_transfer_unique',
      properties: ['transferId', 'level'],
      where: 'transfer_id is not null',
    },
  ],
  indexes: [{ name: 'stock_movement_variant_id_location_id_index', properties: ['level', 'id'] }],
  checks: [
    lengthCheck('stock_movement', { note: maxLength.note, actor: maxLength.line }),
    {
      name: 'stock_movement_quantity_check',
      expression: `case kind when 'adjustment' then quantity <> 0 when 'transfer' then quantity <> 0 when 'shipment' then quantity < 0 else quantity > 0 end`,
    },
    {
      name: 'stock_movement_reservation_check',
      expression: `kind not in ('shipment', 'return') or reservation_id is not null`,
    },
    {
      name: 'stock_movement_reason_kind_check',
      expression: `reason is null or kind = 'adjustment'`,
    },
    {
      name: 'stock_movement_transfer_check',
      expression: `(kind = 'transfer') = (transfer_id is not null)`,
    },
  ],
  triggers: [
    appendOnlyTrigger('stock_movement'),
    trigger('stock_movement', 'transfer_sum', {
      timing: 'after',
      events: ['insert'],
      when: 'new.transfer_id is not null',
      execute: 'check_transfer_sum',
    }),
  ],
});

/** A change of a stock level's `onHand`. It is never changed: a wrong one is corrected by another. */
export class StockMovement extends StockMovementSchema.class {}
StockMovementSchema.setClass(StockMovement);

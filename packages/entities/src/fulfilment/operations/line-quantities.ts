import { z } from 'zod';
import { listOf, units } from '../../bounds.ts';
import { int4, jsonb, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { QuantityExceeded } from './fulfilment-errors.ts';

/** Units of lines, each line at most once. */
export const lineQuantities = listOf(z.strictObject({ lineId: z.uuid(), quantity: units }))
  .min(1)
  .refine((lines) => new Set(lines.map((line) => line.lineId)).size === lines.length, 'the same line twice');

/** Units of a line. */
export type LineQuantity = z.output<typeof lineQuantities>[number];

/** The lines of an order that the caller has locked, in their order, with what was shipped, cancelled and returned of them. */
export const readLines = statement({
  params: { orderId: uuid },
  row: { lineId: uuid, quantity: int4, shipped: int4, cancelled: int4, returned: int4 },
  sql: `select id as "lineId", quantity, shipped_quantity as shipped, cancelled_quantity as cancelled,
      returned_quantity as returned
    from order_line where order_id = :orderId order by position`,
});

/**
 * Refuses more units than `available` says.
 *
 * @throws QuantityExceeded `quantity-exceeded`: has every line of which there are too many
 */
export function refuseExcess(
  what: 'ship' | 'cancel' | 'return' | 'refund',
  requested: readonly LineQuantity[],
  available: ReadonlyMap<string, number>,
): void {
  const excess = requested
    .map(({ lineId, quantity }) => ({ lineId, requested: quantity, available: available.get(lineId) ?? 0 }))
    .filter((line) => line.requested > line.available);
  if (excess.length > 0) throw new QuantityExceeded(what, excess);
}

/** Adds units, which are {@link LineQuantity}s, to a counter of lines. */
const countUnits = (counter: 'shipped_quantity' | 'cancelled_quantity' | 'returned_quantity') =>
  statement({
    params: { lines: jsonb() },
    row: {},
    sql: `update order_line line set ${counter} = line.${counter} + r.quantity
      from jsonb_to_recordset(:lines) as r ("lineId" uuid, quantity integer) where line.id = r."lineId"`,
  });
export const countShipped = countUnits('shipped_quantity');
export const countCancelled = countUnits('cancelled_quantity');
export const countReturned = countUnits('returned_quantity');

import type { EntityManager } from '@mikro-orm/postgresql';
import { int4, jsonb, nullable, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { LineQuantity } from './line-quantities.ts';
import { takeUnits } from './take-units.ts';

/** `out`: units that left and have not come back. */
const lockConsumed = statement({
  params: { lineIds: uuidArray },
  row: { id: uuid, lineId: uuid, out: int4 },
  sql: `select hold.id, hold.order_line_id as "lineId", hold.quantity - coalesce((
        select sum(quantity) from stock_movement back where back.reservation_id = hold.id and back.kind = 'return'),
        0)::integer as out
    from stock_reservation hold
    join stock_level level on level.variant_id = hold.variant_id and level.location_id = hold.location_id
    where hold.status = 'consumed' and hold.order_line_id = any (:lineIds)
    order by hold.variant_id, hold.location_id, hold.id desc
    for no key update of level`,
});

const bringBack = statement({
  params: { returns: jsonb(), reason: nullable(text) },
  row: {},
  sql: `with back as (
      select r.id, r.units, hold.variant_id, hold.location_id
      from jsonb_to_recordset(:returns) as r (id uuid, units integer)
      join stock_reservation hold on hold.id = r.id),
    movements as (
      insert into stock_movement (variant_id, location_id, kind, quantity, reservation_id, note)
      select variant_id, location_id, 'return', units, id, :reason from back)
    update stock_level level set on_hand = level.on_hand + sums.units
    from (select variant_id, location_id, sum(units)::integer as units from back
      group by variant_id, location_id) sums
    where level.variant_id = sums.variant_id and level.location_id = sums.location_id`,
});

/**
 * Puts units of lines, whose order is locked, back into the locations that they left, what left last first, with a row
 * of the stock ledger each.
 */
export async function restock(
  em: EntityManager,
  lines: readonly LineQuantity[],
  reason: string | undefined,
): Promise<void> {
  const consumed = await lockConsumed(em, { lineIds: lines.map((line) => line.lineId) });
  const returns = lines.flatMap(({ lineId, quantity }) =>
    takeUnits(
      consumed.filter((hold) => hold.lineId === lineId),
      quantity,
      (hold) => hold.out,
    ),
  );
  await bringBack(em, { returns, reason });
}

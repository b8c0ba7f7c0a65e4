import type { EntityManager } from '@mikro-orm/postgresql';
import { int4, jsonb, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const holdRow = {
  id: uuid,
  lineId: uuid,
  variantId: uuid,
  locationId: uuid,
  quantity: int4,
  onHand: int4,
};

/** Stock that is promised to a line, and what is at its location now. */
export type Hold = RowOf<typeof holdRow>;

/**
 * The holds of orders that the caller has locked, with their stock levels locked in the order of all operations: by
 * variant and location. A level that had to be waited for is read as it is then.
 */
export const lockHolds = statement({
  params: { orderIds: uuidArray },
  row: holdRow,
  sql: `select hold.id, line.id as "lineId", hold.variant_id as "variantId",
      hold.location_id as "locationId", hold.quantity, level.on_hand as "onHand"
    from order_line line
    join stock_reservation hold on hold.order_line_id = line.id and hold.status = 'held'
    join stock_level level on level.variant_id = hold.variant_id and level.location_id = hold.location_id
    where line.order_id = any (:orderIds)
    order by hold.variant_id, hold.location_id, hold.id
    for no key update of level`,
});

/** Units of a hold that end: all of it, or a part; the rest stays held. */
export interface HoldEnd extends Hold {
  units: number;
  /** The shipment that takes them out of the stock, when they are consumed. */
  shipmentId?: string;
}

const endHeld = statement({
  params: { ends: jsonb(), status: text },
  row: {},
  sql: `with ended as (
      select r.id, r.units, r.rest, r."shipmentId", h.variant_id, h.location_id, h.order_line_id, h.expires_at
      from jsonb_to_recordset(:ends) as r (id uuid, units integer, rest integer, "shipmentId" uuid)
      join stock_reservation h on h.id = r.id),
    rests as (
      insert into stock_reservation (variant_id, location_id, order_line_id, quantity, expires_at)
      select variant_id, location_id, order_line_id, rest, expires_at from ended where rest > 0),
    movements as (
      insert into stock_movement (variant_id, location_id, kind, quantity, reservation_id)
      select variant_id, location_id, 'shipment', -units, id from ended where "shipmentId" is not null),
    levels as (
      update stock_level level set reserved = level.reserved - sums.units, on_hand = level.on_hand - sums.shipped
      from (select variant_id, location_id, sum(units)::integer as units,
          coalesce(sum(units) filter (where "shipmentId" is not null), 0)::integer as shipped
        from ended group by variant_id, location_id) sums
      where level.variant_id = sums.variant_id and level.location_id = sums.location_id)
    update stock_reservation hold set status = :status, quantity = ended.units, shipment_id = ended."shipmentId"
    from ended where hold.id = ended.id`,
});

/**
 * Ends holds whose levels are locked, in one statement, whatever their number: sets their status, reduces what is
 * reserved and, for those that are consumed, what is on hand, with a row of the stock ledger.
 */
export async function endHolds(
  em: EntityManager,
  ends: readonly HoldEnd[],
  status: 'consumed' | 'released' | 'expired',
): Promise<void> {
  if (ends.length === 0) return;
  const rows = ends.map(({ id, units, quantity, shipmentId }) => ({
    id,
    units,
    rest: quantity - units,
    shipmentId,
  }));
  await endHeld(em, { ends: rows, status });
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { jsonb, text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { Hold } from './lock-holds.ts';

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

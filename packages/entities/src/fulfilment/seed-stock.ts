import type { ClientBase } from 'pg';
import type { FulfilmentContext } from './seed.ts';

/** Levels of location $1, with what movements after $2 brought, and what is held. */
const LEVELS = `
  select variant_id, on_hand, backorder_limit, coalesce(came, 0) as came, coalesce(held, 0) as held
    from stock_level
    left join (select variant_id, sum(quantity) as came from stock_movement
                where id > $2 and location_id = $1 group by variant_id) as movement using (variant_id)
    left join (select variant_id, sum(quantity) as held from stock_reservation
                where status = 'held' and location_id = $1 group by variant_id) as reservation using (variant_id)
   where location_id = $1`;

/**
 * The receipts that the sold units came from, and the stock levels: what needs sums over all orders.
 *
 * The units that left in a month came in with a receipt the day before the first of them. So the imported stock stays
 * on the shelf; it grows by what was sent back, and where more is promised than it and the backorder limit cover.
 */
export async function finishStock(
  client: ClientBase,
  context: FulfilmentContext & { atMs: number },
): Promise<void> {
  const { location, lastMovementId, firstMovement, atMs } = context;
  const { rowCount } = await client.query(
    `insert into stock_movement (id, variant_id, location_id, kind, quantity, created_at)
     select $1 + row_number() over (order by first_at, variant_id), variant_id, $2, 'receipt', units, first_at - interval '1 day'
       from (select variant_id, -sum(quantity) as units, min(created_at) as first_at
               from stock_movement where id >= $3 and kind = 'shipment'
              group by variant_id, date_trunc('month', created_at, 'UTC')) as sold`,
    [lastMovementId, location.toString(), firstMovement],
  );
  await client.query(
    `insert into stock_movement (id, variant_id, location_id, kind, quantity, created_at)
     select $3 + row_number() over (order by variant_id), variant_id, $1, 'receipt', missing, $4
       from (select variant_id, held - on_hand - came - backorder_limit as missing from (${LEVELS}) as level) as level
      where missing > 0`,
    [location.toString(), lastMovementId, lastMovementId + (rowCount ?? 0), new Date(atMs)],
  );
  await client.query(
    `update stock_level set on_hand = level.on_hand + came, reserved = held from (${LEVELS}) as level
      where stock_level.variant_id = level.variant_id and stock_level.location_id = $1`,
    [location.toString(), lastMovementId],
  );
}

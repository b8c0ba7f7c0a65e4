import type { ClientBase } from 'pg';
import { float8, int8, timestamptz, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { FulfilmentContext } from './seed.ts';

/** Levels of a location, with what movements after `lastMovementId` brought, and what is held. */
const levels = `
  select variant_id, on_hand, backorder_limit, coalesce(came, 0) as came, coalesce(held, 0) as held
  from stock_level
  left join (select variant_id, sum(quantity) as came from stock_movement
             where id > :lastMovementId and location_id = :locationId group by variant_id) as movement using (variant_id)
  left join (select variant_id, sum(quantity) as held from stock_reservation
             where status = 'held' and location_id = :locationId group by variant_id) as reservation using (variant_id)
  where location_id = :locationId`;

const insertReceipts = statement({
  params: { locationId: uuid, lastMovementId: int8, firstMovement: int8 },
  row: { count: float8 },
  sql: `with receipt as (
      insert into stock_movement (id, variant_id, location_id, kind, quantity, created_at)
      select :lastMovementId + row_number() over (order by first_at, variant_id), variant_id, :locationId, 'receipt',
        units, first_at - interval '1 day'
      from (select variant_id, -sum(quantity) as units, min(created_at) as first_at
            from stock_movement where id >= :firstMovement and kind = 'shipment'
            group by variant_id, date_trunc('month', created_at, 'UTC')) as sold
      returning id)
    select count(*)::float8 as count from receipt`,
});

const insertMissing = statement({
  params: { locationId: uuid, lastMovementId: int8, lastReceiptId: int8, at: timestamptz },
  row: {},
  sql: `insert into stock_movement (id, variant_id, location_id, kind, quantity, created_at)
    select :lastReceiptId + row_number() over (order by variant_id), variant_id, :locationId, 'receipt', missing, :at
    from (select variant_id, held - on_hand - came - backorder_limit as missing from (${levels}) as level) as level
    where missing > 0`,
});

const updateLevels = statement({
  params: { locationId: uuid, lastMovementId: int8 },
  row: {},
  sql: `update stock_level set on_hand = level.on_hand + came, reserved = held from (${levels}) as level
    where stock_level.variant_id = level.variant_id and stock_level.location_id = :locationId`,
});

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
  const { lastMovementId, firstMovement, atMs } = context;
  const locationId = context.location.toString();
  const [receipts] = await insertReceipts(client, { locationId, lastMovementId, firstMovement });
  const lastReceiptId = lastMovementId + (receipts?.count ?? 0);
  await insertMissing(client, { locationId, lastMovementId, lastReceiptId, at: new Date(atMs) });
  await updateLevels(client, { locationId, lastMovementId });
}

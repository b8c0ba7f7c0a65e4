import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, jsonb, nullable, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { locationNotFound } from '../../inventory/operations/manage-locations.ts';
import { OutOfStock } from '../../inventory/operations/out-of-stock.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';

const move = z.strictObject({
  idempotencyKey: key,
  orderId: z.uuid(),
  holdId: z.uuid().optional(),
  toLocationId: z.uuid(),
  reason,
});

/**
 * What {@link moveHold} takes: the order of which all holds are moved, or only `holdId`, and where to. One key moves
 * once.
 */
export type HoldMove = z.input<typeof move>;

/** A hold that was moved. */
export interface MovedHold {
  holdId: string;
  fromLocationId: string;
  quantity: number;
}

/** SQL: the holds, each once or once for each row of `more`. */
const holdsOf = (more = '') => `order_line line
  join stock_reservation hold on hold.order_line_id = line.id and hold.status = 'held' ${more}
  where line.order_id = :orderId and (:holdId::uuid is null or hold.id = :holdId)`;

// Where they are and where they go, in the order in which all operations lock levels.
const lockLevels = statement({
  params: { orderId: uuid, holdId: nullable(uuid), toLocationId: uuid },
  row: { variantId: uuid, locationId: uuid, available: int4 },
  sql: `select variant_id as "variantId", location_id as "locationId",
      on_hand - reserved + backorder_limit as available
    from stock_level level
    where (variant_id, location_id) in (
      select hold.variant_id, place.id
      from ${holdsOf('cross join lateral (values (hold.location_id), (:toLocationId)) place (id)')})
    order by variant_id, location_id for no key update of level`,
});

const selectHolds = statement({
  params: { orderId: uuid, holdId: nullable(uuid) },
  row: { id: uuid, variantId: uuid, locationId: uuid, quantity: int4 },
  sql: `select hold.id, hold.variant_id as "variantId", hold.location_id as "locationId", hold.quantity
    from ${holdsOf()} order by hold.id`,
});

const findActive = statement({
  params: { toLocationId: uuid },
  row: { id: uuid },
  sql: 'select id from stock_location where id = :toLocationId and active',
});

const moveHolds = statement({
  params: { holds: jsonb(), toLocationId: uuid },
  row: {},
  sql: `with moved as (
      select r.id, r."variantId" as variant_id, r."locationId" as location_id, r.quantity
      from jsonb_to_recordset(:holds) as r (id uuid, "variantId" uuid, "locationId" uuid, quantity integer)),
    change as (
      select variant_id, location_id, -sum(quantity)::integer as reserved from moved group by variant_id, location_id
      union all select variant_id, :toLocationId, sum(quantity)::integer from moved group by variant_id),
    levels as (
      update stock_level level set reserved = level.reserved + change.reserved from change
      where level.variant_id = change.variant_id and level.location_id = change.location_id)
    update stock_reservation hold set location_id = :toLocationId from moved where hold.id = moved.id`,
});

/**
 * Lets an order be shipped from another location: moves its holds there, or one of them, all or none. Goods do not move:
 * there must be as many that are free there, or may be back-ordered. Holds that are there already stay. The audit log
 * has `order.move_holds`.
 *
 * @returns the holds that were moved
 * @throws UserError `invalid-input`, `order-not-found`; `hold-not-found`: the order has no such hold, or nothing of it is
 *   held; `location-not-found`: no such location is active; `idempotency-conflict`
 * @throws OutOfStock `out-of-stock`: less is free there; nothing was moved
 */
export async function moveHold(em: EntityManager, request: HoldMove): Promise<{ moved: MovedHold[] }> {
  const input = parseInput(move, request);
  return await em.transactional((em) =>
    once(em, { scope: 'move-hold', key: input.idempotencyKey, request: input }, async () => {
      const { orderId, holdId, reason } = input;
      const toLocationId = input.toLocationId.toLowerCase();
      // Whoever changes its holds locks the order first: they stay as they are.
      await lockOrder(em, orderId);
      const levels = await lockLevels(em, { orderId, holdId, toLocationId });
      const [active] = await findActive(em, { toLocationId });
      if (active === undefined) throw locationNotFound(toLocationId);
      const held = await selectHolds(em, { orderId, holdId });
      if (held.length === 0) {
        throw new UserError('hold-not-found', `Order ${orderId} has no such hold, or none that is held.`);
      }
      const holds = held.filter((hold) => hold.locationId !== toLocationId);
      refuseShortage(
        holds,
        levels.filter((level) => level.locationId === toLocationId),
      );
      if (holds.length > 0) {
        await moveHolds(em, { holds, toLocationId });
        const detail = { toLocationId, holdIds: holds.map(({ id }) => id) };
        const entry = { action: 'order.move_holds', entity: 'sales_order', entityId: orderId };
        await recordAudit(em, { ...entry, detail, reason });
      }
      return {
        moved: holds.map(({ id, locationId, quantity }) => ({
          holdId: id,
          fromLocationId: locationId,
          quantity,
        })),
      };
    }),
  );
}

function refuseShortage(
  holds: readonly { variantId: string; quantity: number }[],
  levels: readonly { variantId: string; available: number }[],
): void {
  const shortages = [...Map.groupBy(holds, (hold) => hold.variantId)].flatMap(([variantId, own]) => {
    const requested = own.reduce((sum, hold) => sum + hold.quantity, 0);
    const available = Math.max(0, levels.find((level) => level.variantId === variantId)?.available ?? 0);
    return requested > available ? [{ variantId, requested, available }] : [];
  });
  if (shortages.length > 0) throw new OutOfStock(shortages);
}

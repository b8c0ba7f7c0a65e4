import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { int4, jsonb, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { listOf } from '../../bounds.ts';

/** Lines of a request, of which no two are of one variant. */
export function linesOf<Line extends z.ZodType<{ variantId: string }>>(line: Line) {
  return listOf(line)
    .min(1)
    .refine(
      (lines) => new Set(lines.map(({ variantId }) => variantId.toLowerCase())).size === lines.length,
      'has a variant twice',
    );
}

const levelRow = { variantId: uuid, locationId: uuid, onHand: int4, reserved: int4, backorderLimit: int4 };

/** A stock level that this transaction has locked. */
export type LockedLevel = RowOf<typeof levelRow>;

// Inserted, and so locked, in one pass, in the order in which all operations lock levels. The update changes nothing:
// it locks a row that is there, and returns it as it is now.
const upsertLevels = statement({
  params: { locationIds: uuidArray, variantIds: uuidArray },
  row: levelRow,
  sql: `insert into stock_level as level (variant_id, location_id)
    select v.id, l.id from unnest(:variantIds::uuid[]) as v (id), unnest(:locationIds::uuid[]) as l (id)
    order by v.id, l.id
    on conflict (variant_id, location_id) do update set on_hand = level.on_hand
    returning variant_id as "variantId", location_id as "locationId", on_hand as "onHand", reserved,
      backorder_limit as "backorderLimit"`,
});

const selectUnknown = statement({
  params: { locationIds: uuidArray, variantIds: uuidArray },
  row: { name: text },
  sql: `select 'location ' || r.id as name from unnest(:locationIds::uuid[]) as r (id)
    where not exists (select from stock_location l where l.id = r.id)
    union all
    select 'variant ' || r.id from unnest(:variantIds::uuid[]) as r (id)
    where not exists (select from product_variant v where v.id = r.id)`,
});

/** The levels of each of the variants at each of the locations. */
export interface WhichLevels {
  locationIds: readonly string[];
  variantIds: readonly string[];
}

/** @throws UserError `stock-not-found`: there is no such location or variant */
export async function requireKnown(em: EntityManager, which: WhichLevels): Promise<void> {
  const unknown = await selectUnknown(em, which);
  if (unknown.length === 0) return;
  const names = unknown.map((row) => row.name).join(', ');
  throw new UserError('stock-not-found', `There is no ${names}.`, {
    hint: 'Create locations and variants before goods arrive for them.',
  });
}

/**
 * Locks levels, and creates those that do not exist.
 *
 * @throws UserError `stock-not-found`: there is no such location or variant
 */
export async function lockLevels(em: EntityManager, which: WhichLevels): Promise<LockedLevel[]> {
  await requireKnown(em, which);
  return await upsertLevels(em, which);
}

/** A change of a level that is locked, with its row of the ledger. */
export interface LevelChange {
  variantId: string;
  locationId: string;
  quantity: number;
}

export const changeLevels = statement({
  params: { changes: jsonb() },
  row: { variantId: uuid, locationId: uuid, onHand: int4, reserved: int4, backordered: int4 },
  sql: `update stock_level level set on_hand = level.on_hand + r.quantity
    from jsonb_to_recordset(:changes) as r ("variantId" uuid, "locationId" uuid, quantity integer)
    where level.variant_id = r."variantId" and level.location_id = r."locationId"
    returning level.variant_id as "variantId", level.location_id as "locationId", level.on_hand as "onHand",
      level.reserved, greatest(level.reserved - level.on_hand, 0) as backordered`,
});

/**
 * Refuses that a level has fewer units than are reserved, but for those that may be back-ordered, or fewer than none.
 *
 * @throws UserError `stock-reserved`
 */
export function refuseReserved(levels: readonly LockedLevel[], changes: readonly LevelChange[]): void {
  const short = changes.flatMap(({ variantId, locationId, quantity }) => {
    const level = levels.find((each) => each.variantId === variantId && each.locationId === locationId);
    if (level === undefined) return [];
    const least = Math.max(0, level.reserved - level.backorderLimit);
    return level.onHand + quantity < least && quantity < 0
      ? [`${variantId}: ${level.onHand} on hand, ${level.reserved} reserved, ${-quantity} to be taken`]
      : [];
  });
  if (short.length === 0) return;
  throw new UserError('stock-reserved', `Not enough is free of ${short.join('; ')}.`, {
    hint: 'Move or cancel holds first, or allow more back orders.',
  });
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { int4, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';

const receipt = z.strictObject({
  idempotencyKey: z.string().min(1).max(200),
  locationId: z.uuid(),
  lines: z
    .array(z.strictObject({ variantId: z.uuid(), quantity: z.int().positive().max(1_000_000_000) }))
    .min(1)
    .refine(
      (lines) => new Set(lines.map((line) => line.variantId)).size === lines.length,
      'has a variant twice',
    ),
  note: z.string().min(1).optional(),
});

/** Goods that have arrived at a location, with a `note` for the ledger. The same key adds them once. */
export type StockReceipt = z.input<typeof receipt>;

/** A level after a receipt. `backordered` units are reserved but not in stock. */
export interface ReceivedLevel {
  variantId: string;
  onHand: number;
  reserved: number;
  backordered: number;
}

// Inserted, and so locked, in the order in which all operations lock levels.
const upsertLevels = statement({
  params: { locationId: uuid, lines: jsonb() },
  row: { variantId: uuid, onHand: int4, reserved: int4, backordered: int4 },
  sql: `insert into stock_level as level (variant_id, location_id, on_hand)
    select r."variantId", :locationId, r.quantity
    from jsonb_to_recordset(:lines) as r ("variantId" uuid, quantity integer) order by r."variantId"
    on conflict (variant_id, location_id) do update set on_hand = level.on_hand + excluded.on_hand
    returning variant_id as "variantId", on_hand as "onHand", reserved,
      greatest(reserved - on_hand, 0) as backordered`,
});

const insertMovements = statement({
  params: { locationId: uuid, lines: jsonb(), note: nullable(text) },
  sql: `insert into stock_movement (variant_id, location_id, kind, quantity, note)
    select r."variantId", :locationId, 'receipt', r.quantity, :note
    from jsonb_to_recordset(:lines) as r ("variantId" uuid, quantity integer)`,
});

const selectUnknown = statement({
  params: { locationId: uuid, lines: jsonb() },
  row: { name: text },
  sql: `select 'location ' || r.id as name from (select :locationId::uuid as id) r
    where not exists (select from stock_location where id = r.id)
    union all
    select 'variant ' || r."variantId" from jsonb_to_recordset(:lines) as r ("variantId" uuid)
    where not exists (select from product_variant where id = r."variantId")`,
});

/**
 * Adds goods to the stock, each with a row in the ledger, which also says who received it (`actingAs`). Creates levels that
 * do not exist.
 *
 * @throws UserError `invalid-input`; `stock-not-found`: no such location or variant; `idempotency-conflict`: the key
 *   was used for another request
 */
export async function receiveStock(
  em: EntityManager,
  request: StockReceipt,
): Promise<{ levels: ReceivedLevel[] }> {
  const input = parseInput(receipt, request);
  return await em.transactional((em) =>
    once(em, { scope: 'receive-stock', key: input.idempotencyKey, request: input }, async () => {
      await refuseUnknown(em, input);
      const { locationId, lines, note } = input;
      const levels = await upsertLevels(em, { locationId, lines });
      await insertMovements(em, { locationId, lines, note });
      return { levels };
    }),
  );
}

async function refuseUnknown(
  em: EntityManager,
  { locationId, lines }: z.output<typeof receipt>,
): Promise<void> {
  const unknown = await selectUnknown(em, { locationId, lines });
  if (unknown.length === 0) return;
  const names = unknown.map((row) => row.name).join(', ');
  throw new UserError('stock-not-found', `There is no ${names}.`, {
    hint: 'Create locations and variants before goods arrive for them.',
  });
}

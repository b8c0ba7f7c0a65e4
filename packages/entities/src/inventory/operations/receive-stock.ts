import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { int4, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key, note, units } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { linesOf, requireKnown } from './lock-levels.ts';

const receipt = z.strictObject({
  idempotencyKey: key,
  locationId: z.uuid(),
  lines: linesOf(z.strictObject({ variantId: z.uuid(), quantity: units })),
  note: note.optional(),
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

/**
 * Adds goods to the stock, each with a row in the ledger, which also says who received it (`actingAs`). Creates levels
 * that do not exist.
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
      const { locationId, lines, note } = input;
      const variantIds = lines.map((line) => line.variantId);
      await requireKnown(em, { locationIds: [locationId], variantIds });
      const levels = await upsertLevels(em, { locationId, lines });
      await insertMovements(em, { locationId, lines, note });
      return { levels };
    }),
  );
}

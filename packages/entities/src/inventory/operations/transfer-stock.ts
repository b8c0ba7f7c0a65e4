import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key, note, units } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { changeLevels, linesOf, lockLevels, refuseReserved } from './lock-levels.ts';

const transfer = z
  .strictObject({
    idempotencyKey: key,
    fromLocationId: z.uuid(),
    toLocationId: z.uuid(),
    lines: linesOf(z.strictObject({ variantId: z.uuid(), quantity: units })),
    note: note.optional(),
  })
  .refine(({ fromLocationId, toLocationId }) => fromLocationId.toLowerCase() !== toLocationId.toLowerCase(), {
    path: ['toLocationId'],
    message: 'is where the goods are',
  });

/** Goods that go from one location to another, with a `note` for the ledger. The same key moves them once. */
export type StockTransfer = z.input<typeof transfer>;

/** A transfer that was made. */
export interface TransferredStock {
  transferId: string;
}

const insertMovements = statement({
  params: { transferId: uuid, changes: jsonb(), note: nullable(text) },
  sql: `insert into stock_movement (variant_id, location_id, kind, quantity, transfer_id, note)
    select r."variantId", r."locationId", 'transfer', r.quantity, :transferId, :note
    from jsonb_to_recordset(:changes) as r ("variantId" uuid, "locationId" uuid, quantity integer)`,
});

/**
 * Moves goods from one location to another, at once: they are never on their way. To model that, use a location of its
 * own that is not active, such as `in-transit`, and transfer twice. What is reserved stays, but for what may be
 * back-ordered: `moveHold` moves that. The ledger has two rows of each variant, whose sum is 0, and who moved it
 * (`actingAs`). Creates levels that do not exist.
 *
 * @throws UserError `invalid-input`; `stock-not-found`: no such location or variant; `stock-reserved`: less is free
 *   there; `idempotency-conflict`: the key was used for another request
 */
export async function transferStock(em: EntityManager, request: StockTransfer): Promise<TransferredStock> {
  const input = parseInput(transfer, request);
  return await em.transactional((em) =>
    once(em, { scope: 'transfer-stock', key: input.idempotencyKey, request: input }, async () => {
      const [from, to] = [input.fromLocationId.toLowerCase(), input.toLocationId.toLowerCase()];
      const lines = input.lines.map((line) => ({ ...line, variantId: line.variantId.toLowerCase() }));
      const variantIds = lines.map((line) => line.variantId);
      const levels = await lockLevels(em, { locationIds: [from, to], variantIds });
      const changes = lines.flatMap(({ variantId, quantity }) => [
        { variantId, locationId: from, quantity: -quantity },
        { variantId, locationId: to, quantity },
      ]);
      refuseReserved(levels, changes);
      await changeLevels(em, { changes });
      const transferId = uuidV7();
      await insertMovements(em, { transferId, changes, note: input.note });
      return { transferId };
    }),
  );
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { jsonb, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key, maxUnits, note, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { type AdjustmentReason, adjustmentReasons } from '../adjustment-reason.ts';
import { changeLevels, linesOf, lockLevels, refuseReserved } from './lock-levels.ts';
import type { ReceivedLevel } from './receive-stock.ts';

const adjustment = z.strictObject({
  idempotencyKey: key,
  locationId: z.uuid(),
  lines: linesOf(
    z.union([
      z.strictObject({ variantId: z.uuid(), delta: wholeNumber(-maxUnits, maxUnits) }),
      z.strictObject({ variantId: z.uuid(), onHand: wholeNumber(0, maxUnits) }),
    ]),
  ),
  reason: z.enum(adjustmentReasons),
  note: note.optional(),
});

/**
 * A correction of the stock at a location: of each variant the units that are more or fewer (`delta`), or those that
 * were counted (`onHand`), with the `reason` and a `note` for the ledger. The same key corrects once.
 */
export type StockAdjustment = z.input<typeof adjustment>;

const insertMovements = statement({
  params: { locationId: uuid, changes: jsonb(), reason: textOf<AdjustmentReason>(), note: nullable(text) },
  sql: `insert into stock_movement (variant_id, location_id, kind, quantity, reason, note)
    select r."variantId", :locationId, 'adjustment', r.quantity, :reason, :note
    from jsonb_to_recordset(:changes) as r ("variantId" uuid, quantity integer)`,
});

/**
 * Corrects the stock: after a count, a loss, a find. Each change has a row in the ledger with its reason, and who
 * corrected it (`actingAs`); what was counted as it is has none. What is reserved stays there, but for what may be
 * back-ordered. Creates levels that do not exist.
 *
 * @returns the levels of all lines
 * @throws UserError `invalid-input`; `stock-not-found`: no such location or variant; `stock-reserved`: fewer units
 *   would be there than are reserved; `idempotency-conflict`: the key was used for another request
 * @example
 * ```ts
 * const lines = [{ variantId, onHand: 12 }];
 * await adjustStock(em, { idempotencyKey: 'count-17', locationId, lines, reason: 'count' });
 * ```
 */
export async function adjustStock(
  em: EntityManager,
  request: StockAdjustment,
): Promise<{ levels: ReceivedLevel[] }> {
  const input = parseInput(adjustment, request);
  return await em.transactional((em) =>
    once(em, { scope: 'adjust-stock', key: input.idempotencyKey, request: input }, async () => {
      const { locationId, lines, reason, note } = input;
      const variantIds = lines.map((line) => line.variantId);
      const levels = await lockLevels(em, { locationIds: [locationId], variantIds });
      const onHand = new Map(levels.map((level) => [level.variantId, level.onHand]));
      const changes = lines.map((line) => {
        const variantId = line.variantId.toLowerCase();
        const quantity = 'delta' in line ? line.delta : line.onHand - (onHand.get(variantId) ?? 0);
        return { variantId, locationId: locationId.toLowerCase(), quantity };
      });
      refuseReserved(levels, changes);
      const changed = await changeLevels(em, { changes });
      const made = changes.filter(({ quantity }) => quantity !== 0);
      await insertMovements(em, { locationId, changes: made, reason, note });
      return { levels: changed.map(({ locationId: _locationId, ...level }) => level) };
    }),
  );
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { maxUnits, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { lockLevels } from './lock-levels.ts';

const setting = z.strictObject({
  variantId: z.uuid(),
  locationId: z.uuid(),
  backorderLimit: wholeNumber(0, maxUnits),
  reason,
});

/**
 * What {@link setBackorderLimit} takes: how many units may be sold that are not in stock; 1,000,000,000 is without a
 * limit.
 */
export type BackorderSetting = z.input<typeof setting>;

const changeLimit = statement({
  params: { variantId: uuid, locationId: uuid, backorderLimit: int4 },
  sql: `update stock_level set backorder_limit = :backorderLimit
    where variant_id = :variantId and location_id = :locationId`,
});

/**
 * Sets how many units of a variant may be sold at a location that are not in stock. Creates the level if there is none.
 * The audit log has `stock.set_backorder_limit` with the limit before.
 *
 * @throws UserError `invalid-input`; `stock-not-found`: no such location or variant; `stock-reserved`: more are sold
 *   already
 */
export async function setBackorderLimit(em: EntityManager, input: BackorderSetting): Promise<void> {
  const { variantId, locationId, backorderLimit, reason } = parseInput(setting, input);
  await em.transactional(async (em) => {
    const [level] = await lockLevels(em, { locationIds: [locationId], variantIds: [variantId] });
    if (level === undefined) throw new Error('A level that is upserted is returned.');
    const backordered = level.reserved - level.onHand;
    if (backordered > backorderLimit) {
      throw new UserError(
        'stock-reserved',
        `${backordered} units of ${variantId} are back-ordered already.`,
        {
          hint: 'Move or cancel holds first, or receive stock.',
        },
      );
    }
    await changeLimit(em, { variantId, locationId, backorderLimit });
    const detail = { locationId, backorderLimit, before: level.backorderLimit };
    const entry = { action: 'stock.set_backorder_limit', entity: 'stock_level', entityId: variantId };
    await recordAudit(em, { ...entry, detail, reason });
  });
}

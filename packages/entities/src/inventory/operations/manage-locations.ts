import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, int4, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../../catalog/slug.ts';

const creation = z.strictObject({ code: slug, name, active: z.boolean().default(true), reason });
const update = z.strictObject({
  locationId: z.uuid(),
  name: name.optional(),
  active: z.boolean().optional(),
  reason,
});

/**
 * What {@link createLocation} takes: its `code` never changes; one that is not `active` (default true) sells nothing.
 */
export type LocationCreation = z.input<typeof creation>;

/** What {@link updateLocation} takes: what is left out stays. */
export type LocationUpdate = z.input<typeof update>;

const insertLocation = statement({
  params: { code: text, name: text, active: bool },
  row: { locationId: uuid },
  sql: 'insert into stock_location (code, name, active) values (:code, :name, :active) returning id as "locationId"',
});

const lockLocation = statement({
  params: { locationId: uuid },
  row: { active: bool },
  sql: 'select active from stock_location where id = :locationId for no key update',
});

// In the order in which all operations lock levels.
const lockReserved = statement({
  params: { locationId: uuid },
  row: { reserved: int4 },
  sql: `select reserved from stock_level where location_id = :locationId order by variant_id for no key update`,
});

const changeLocation = statement({
  params: { locationId: uuid, name: nullable(text), active: nullable(bool) },
  sql: `update stock_location set name = coalesce(:name, name), active = coalesce(:active, active)
    where id = :locationId`,
});

/**
 * Creates a stock location: a warehouse, or a shop that ships. The audit log has `stock_location.create`.
 *
 * @throws UserError `invalid-input`; `location-exists`: another one has the code
 */
export async function createLocation(
  em: EntityManager,
  input: LocationCreation,
): Promise<{ locationId: string }> {
  const { reason, ...location } = parseInput(creation, input);
  try {
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const created = onlyRow(await insertLocation(em, location));
        await recordAudit(em, {
          action: 'stock_location.create',
          entity: 'stock_location',
          entityId: created.locationId,
          detail: { code: location.code },
          reason,
        });
        return created;
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) !== 'stock_location_code_unique') throw error;
    throw new UserError('location-exists', `There already is a location '${location.code}'.`, {
      cause: error,
    });
  }
}

/**
 * Renames a stock location, or lets it sell no more, or again. One that is deactivated keeps its stock, which can be
 * transferred; nothing may be reserved there. A checkout that is under way at this very moment may still reserve there:
 * that is shipped as ever, or moved by `moveHold`. The audit log has `stock_location.update`.
 *
 * @throws UserError `invalid-input`, `location-not-found`; `location-in-use`: units are reserved there
 */
export async function updateLocation(em: EntityManager, input: LocationUpdate): Promise<void> {
  const { locationId, reason, ...changes } = parseInput(update, input);
  await em.transactional(async (em) => {
    const [before] = await lockLocation(em, { locationId });
    if (before === undefined) throw locationNotFound(locationId);
    if (before.active && changes.active === false) {
      const levels = await lockReserved(em, { locationId });
      const reserved = levels.filter((level) => level.reserved > 0).length;
      if (reserved > 0) {
        throw new UserError('location-in-use', `Of ${reserved} variants units are reserved there.`, {
          hint: 'Move its holds with moveHold, or ship or cancel their orders.',
        });
      }
    }
    await changeLocation(em, { locationId, ...changes });
    const entry = { action: 'stock_location.update', entity: 'stock_location', entityId: locationId };
    await recordAudit(em, { ...entry, detail: changes, reason });
  });
}

export function locationNotFound(locationId: string): UserError {
  return new UserError('location-not-found', `There is no active location ${locationId}.`);
}

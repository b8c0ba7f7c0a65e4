import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../parse-input.ts';
import { reason } from './reason.ts';
import { int4, jsonb, nullable, text } from './sql-type.ts';
import { type Executor, statement } from './statement.ts';

const entry = z.strictObject({
  actor: z.string().min(1).optional(),
  action: z.string().min(1),
  entity: z.string().min(1),
  entityId: z.string().min(1).optional(),
  detail: z.record(z.string(), z.json()).default({}),
  reason,
});

/**
 * An entry of the audit log: who did what to which row. `actor` defaults to that of {@link actingAs}, or else to the
 * database user, whom every entry also has and nobody can change. A `reason` becomes part of `detail`, which has no
 * personal data: the log cannot be changed, and an erased customer must not live on in it.
 */
export type AuditEntry = z.input<typeof entry>;

const insertEntry = statement({
  params: { actor: nullable(text), action: text, entity: text, entityId: nullable(text), detail: jsonb() },
  sql: `insert into audit_log (actor, action, entity, entity_id, detail)
    values (coalesce(:actor, nullif(current_setting('shop.actor', true), ''), session_user),
      :action, :entity, :entityId, :detail)`,
});

/**
 * Appends to the audit log, in the caller's transaction: the entry is committed or rolled back with it.
 *
 * @throws UserError `invalid-input`
 */
export async function recordAudit(executor: Executor, input: AuditEntry): Promise<void> {
  const { actor, action, entity, entityId, reason, ...rest } = parseInput(entry, input);
  const detail = reason === undefined ? rest.detail : { ...rest.detail, reason };
  await insertEntry(executor, { actor, action, entity, entityId, detail });
}

const rotation = z.strictObject({ keepMonths: z.int().min(1), aheadMonths: z.int().min(1).default(24) });

/** How many months {@link rotateAuditLog} keeps, and for how many months ahead (default 24) it adds partitions. */
export type AuditRotation = z.input<typeof rotation>;

const rotatePartitions = statement({
  params: { keepMonths: int4, aheadMonths: int4 },
  row: { name: text },
  sql: 'select rotate_audit_log(:keepMonths, :aheadMonths) as name',
});

/**
 * Adds the missing partitions of the coming months, and drops those older than `keepMonths`. Run it each month as the
 * owner (`shop_migrator`), by `withRetry`, since it waits for the log's writers.
 *
 * @returns the names of the partitions that were dropped, with all their entries
 * @throws UserError `invalid-input`; `permission-denied`: another role called it
 */
export async function rotateAuditLog(em: EntityManager, input: AuditRotation): Promise<string[]> {
  const months = parseInput(rotation, input);
  try {
    const rows = await rotatePartitions(em, months);
    return rows.map(({ name }) => name);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new UserError('permission-denied', 'Only the owner of the schema may rotate the audit log.', {
      hint: 'Connect as shop_migrator.',
      cause: error,
    });
  }
}

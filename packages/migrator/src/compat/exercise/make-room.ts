import type { EntityMetadata } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import type { Sample } from './samples.ts';

/**
 * Deletes a row in the current transaction, so that it can be inserted again.
 *
 * @param keepsReferences whether what refers to it stays, if possible. Default true.
 */
export async function makeRoom(
  em: SqlEntityManager,
  meta: EntityMetadata,
  { key }: Sample,
  keepsReferences = true,
): Promise<void> {
  const remove = () => em.nativeDelete(meta.class, key, { filters: false });
  if (keepsReferences && (await attempt(em, () => withoutTriggers(em, remove)))) return;
  await attempt(em, remove);
}

/** Deletes the rows of all tables that refer to an entity's, in the current transaction. */
export async function removeReferences(em: SqlEntityManager, meta: EntityMetadata): Promise<void> {
  const tables = await em.execute<{ name: string }[]>(
    `select distinct conrelid::regclass::text as name from pg_constraint
     where contype = 'f' and confrelid = ?::regclass and conrelid <> confrelid`,
    [quotedTable(em, meta)],
  );
  await withoutTriggers(em, async () => {
    for (const { name } of tables) await em.execute(`delete from ${name}`);
  });
}

/** The name of an entity's table in SQL. */
export function quotedTable(em: SqlEntityManager, { schema, tableName }: EntityMetadata): string {
  const platform = em.getPlatform();
  const parts = schema === undefined ? [tableName] : [schema, tableName];
  return parts.map((part) => platform.quoteIdentifier(part)).join('.');
}

/** Foreign keys are triggers, too. The role may not be allowed to do this. */
async function withoutTriggers(em: SqlEntityManager, work: () => Promise<unknown>): Promise<void> {
  await em.execute("set local session_replication_role = 'replica'");
  await work();
  await em.execute('set local session_replication_role = default');
}

/** Whether `work` succeeds; a failure leaves nothing behind. */
async function attempt(em: SqlEntityManager, work: () => Promise<unknown>): Promise<boolean> {
  await em.execute('savepoint attempt');
  try {
    await work();
    return true;
  } catch {
    await em.execute('rollback to savepoint attempt');
    return false;
  }
}

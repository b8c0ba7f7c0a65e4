import type { Client } from 'pg';
import { explainLockTimeout, inTransaction, withConnections } from '../connection.ts';
import { findRun, lockRuns, type StoredRun } from './run-record.ts';

/**
 * Undoes a run that was cut off, by a kill of this process or of the server: removes what it loaded and brings back
 * the constraints, indexes and triggers that it set aside. `seed` does it too before it starts.
 *
 * Throws a UserError: `database-unreachable`, `seeding-in-progress`, `tables-in-use`.
 *
 * @returns the name of the plan whose run was undone; undefined if there was nothing to undo
 * @example
 * ```ts
 * import { restore } from '@ecommerce-dms/seeder';
 *
 * const plan = await restore({ url: 'postgres://owner@127.0.0.1/shop' });
 * console.log(plan === undefined ? 'nothing to undo' : `undid a run of ${plan}`);
 * ```
 */
export async function restore(options: { url: string }): Promise<string | undefined> {
  return await withConnections(options.url, 1, async ([client]) => {
    if (client === undefined) return undefined;
    await lockRuns(client);
    return await undoRun(client).catch((error: unknown) => {
      throw explainLockTimeout(error);
    });
  });
}

/** The same on a session that holds the lock. It is one transaction: it can be cut off and run again. */
export async function undoRun(client: Client): Promise<string | undefined> {
  return await inTransaction(client, async () => {
    await client.query('SET LOCAL search_path = pg_catalog');
    const run = await findRun(client);
    if (run === undefined) return undefined;
    const { dependents } = run.record;
    // Foreign keys come first in the list: no key is dropped that one still needs.
    for (const dependent of dependents) await client.query(dependent.drop);
    await removeRows(client, run);
    const foreignKeysLast = dependents.toSorted(
      (a, b) => Number(a.kind === 'foreign key') - Number(b.kind === 'foreign key'),
    );
    for (const dependent of foreignKeysLast) await client.query(dependent.create);
    await client.query(`DROP TABLE ${run.table}`);
    return run.record.plan;
  });
}

async function removeRows(client: Client, run: StoredRun): Promise<void> {
  const { truncate, remove, transactionIds } = run.record;
  if (truncate.length > 0) await client.query(`TRUNCATE ${truncate.join(', ')}`);
  for (const table of remove) {
    await client.query(`DELETE FROM ${table} WHERE xmin = ANY ($1::xid[])`, [transactionIds]);
  }
}

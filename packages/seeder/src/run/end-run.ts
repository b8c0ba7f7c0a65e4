import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { catalogSnapshot, snapshotDifferences } from '../catalog/snapshot.ts';
import { inTransaction } from '../connection.ts';
import type { StoredRun } from './run-record.ts';

/**
 * Runs the last transaction of a run: the plan's `finish`, then the triggers, then the check that the tables are defined
 * as before. Its commit ends the run; until then it can be undone.
 *
 * @throws UserError `tables-changed`
 */
export async function endRun(client: Client, run: StoredRun, finish: () => Promise<void>): Promise<void> {
  await inTransaction(client, async () => {
    await finish();
    // Triggers can't be enabled while deferred checks of `finish` are pending.
    await client.query('set constraints all immediate');
    for (const dependent of run.record.dependents) {
      if (dependent.kind === 'trigger') await client.query(dependent.create);
    }
    // The path under which the first snapshot was taken: names come out alike.
    await client.query('set local search_path = pg_catalog');
    const after = await catalogSnapshot(client, run.record.tableOids);
    const differences = snapshotDifferences(run.record.catalog, after);
    if (differences.length > 0) {
      throw new UserError(
        'tables-changed',
        `The tables' definitions are not the same as before the run: ${differences.join('; ')}.`,
        {
          hint: 'Something else changed them during the run, which was undone. Run again when nothing else changes them.',
        },
      );
    }
    await client.query(`drop table ${run.table}`);
  });
}

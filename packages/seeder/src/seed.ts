import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { readPlannedTables } from './catalog/planned-table.ts';
import { cancelOnAbort } from './cancel.ts';
import { inTransaction, withConnections } from './connection.ts';
import { load } from './load/load.ts';
import { type Plan, randomOf, type TableColumns } from './plan.ts';
import { type Phase, PhaseClock, type ProgressListener } from './progress.ts';
import { endRun } from './run/end-run.ts';
import { explain, putBack } from './run/failure.ts';
import { addForeignKeys, rebuildIndexes } from './run/rebuild.ts';
import { undoRun } from './run/restore.ts';
import { lockRuns, storeTransactionIds } from './run/run-record.ts';
import { setAside } from './run/set-aside.ts';

const defaultConnections = 4;

export interface SeedOptions<Tables extends TableColumns, Context> {
  /** URL of the database, as the owner of the plan's tables; no superuser is needed. */
  url: string;
  plan: Plan<Tables, Context>;
  /** The same seed, plan and existing data give the same rows, byte for byte. */
  seed: number | string;
  /** Number of sessions that load and build indexes in parallel. Default 4: about twice the cores of a small server. */
  connections?: number;
  /** Stops the run: everything is put back as it was, then `seed` throws `interrupted`. */
  signal?: AbortSignal;
  onProgress?: ProgressListener;
  /** Name of the database's environment; one with the word `production` or `prod` is refused. */
  environment?: string;
  /** Seeds a production environment all the same. Default false. */
  allowProduction?: boolean;
  /** Adds to tables that hold rows already. Default false. */
  allowNonEmpty?: boolean;
}

export interface SeedResult {
  /** Number of rows loaded into each table of the plan. */
  rows: Record<string, number>;
  totalRows: number;
  /** Bytes sent by COPY BINARY. */
  bytes: number;
  /** Milliseconds of each phase; `total` is their sum. */
  ms: Record<Phase | 'total', number>;
  /** Name of the plan of an earlier run that was cut off and was undone first. */
  undone: string | undefined;
}

/**
 * Fills a database with the plan's rows: sets the constraints, indexes and triggers of its tables aside, loads by COPY,
 * brings them back and checks that they are as before.
 *
 * If it fails or is stopped, the database is as it was before. If the process is killed, the next call (or
 * `restore`) puts the database back first. Nothing else may use the tables meanwhile; rows that other sessions write
 * all the same are not undone with the run, see `restore`.
 *
 * @throws UserError `invalid-settings`, `production-refused`, `invalid-database-url`, `database-unreachable`,
 * `seeding-in-progress`, `plan-mismatch`, `tables-not-empty`, `tables-in-use`, `not-the-owner`, `not-the-writer`: before
 * anything is changed
 * @throws UserError `value-refused`, `row-refused`, `plan-violates-constraint`, `tables-changed`, `load-failed`,
 * `connection-lost`, `interrupted`: after the run was undone
 * @throws UserError `restore-failed` when the run, or an earlier one, cannot be undone; `rows-of-others`,
 * `rows-violate-constraint`, `tables-changed` when that is why an earlier one cannot
 * @throws UserError `failed-after-load` when something fails after the load was complete
 * @throws what the plan's own functions throw, as it is
 * @example
 * ```ts
 * import { definePlan, seed } from '@ecommerce-dms/seeder';
 *
 * const plan = definePlan({
 *   name: 'customers',
 *   version: 1,
 *   tables: { customer: ['id', 'name', 'email'] },
 *   prepare: async (_client, random) => random,
 *   families: [
 *     {
 *       name: 'customer',
 *       count: () => 1000,
 *       generate(index, emit, random) {
 *         const id = random.draw('customer', index).uuid7(Date.UTC(2026, 0, 1));
 *         emit.customer({ id, name: `Customer ${index}`, email: `customer.${index}@example.com` });
 *       },
 *     },
 *   ],
 * });
 * const { totalRows } = await seed({ url: 'postgres://owner@127.0.0.1/shop', plan, seed: 42 });
 * console.log(totalRows); // 1000
 * ```
 */
export async function seed<const Tables extends TableColumns, Context>(
  options: SeedOptions<Tables, Context>,
): Promise<SeedResult> {
  const { url, plan, connections = defaultConnections, signal } = options;
  assertAllowed(options, connections);
  let isSetAside = false;
  try {
    signal?.throwIfAborted();
    return await withConnections(url, connections + 1, async ([control, ...loaders]) => {
      using _ = cancelOnAbort(url, [control, ...loaders], signal);
      const clock = new PhaseClock(options.onProgress);
      const { undone, tables, context, run } = await clock.run('prepare', async (report) => {
        report(0, 1);
        return await prepare(control, options);
      });
      isSetAside = true;

      const { dependents } = run.record;
      const loaded = await clock.run('load', async (report) => {
        const onTransactions = (ids: readonly string[]) => storeTransactionIds(control, run, ids);
        return await load(loaders, tables, plan.families, context, { report, signal, onTransactions });
      });
      await clock.run('indexes', async (report) => {
        await rebuildIndexes(control, loaders, tables, dependents, { report, signal });
      });
      await clock.run('constraints', async (report) => {
        await addForeignKeys(control, loaders, dependents, { report, signal });
      });
      await clock.run('finish', async (report) => {
        report(0, 1);
        await endRun(control, run, async () => {
          await plan.finish?.(control, context);
          signal?.throwIfAborted();
        });
        report(1, 1);
      });
      return {
        ...loaded,
        totalRows: sum(loaded.rows),
        ms: { ...clock.ms, total: sum(clock.ms) },
        undone,
      };
    });
  } catch (error) {
    if (isSetAside) await putBack(url, error);
    throw explain(error, signal);
  }
}

function assertAllowed(
  { environment = '', allowProduction = false }: { environment?: string; allowProduction?: boolean },
  connections: number,
): void {
  if (!(Number.isInteger(connections) && connections >= 1)) {
    throw new UserError(
      'invalid-settings',
      `connections must be a whole number of at least 1, not ${connections}.`,
    );
  }
  const words = environment.toLowerCase().split(/[^a-z]+/);
  if (!allowProduction && (words.includes('production') || words.includes('prod'))) {
    throw new UserError(
      'production-refused',
      `${environment} is a production environment: it is not seeded.`,
      {
        hint: 'Choose another environment. If generated data belongs there, set allowProduction.',
      },
    );
  }
}

/** Everything until the constraints are set aside: a failure before that leaves nothing to put back. */
async function prepare<Tables extends TableColumns, Context>(
  control: Client,
  { plan, seed, signal, allowNonEmpty = false }: SeedOptions<Tables, Context>,
) {
  await lockRuns(control);
  const undone = await undoRun(control);
  const tables = await readPlannedTables(control, plan.tables);
  const context = await inTransaction(control, async () => {
    await control.query('set transaction isolation level repeatable read read only');
    return await plan.prepare(control, randomOf(plan, seed));
  });
  signal?.throwIfAborted();
  const run = await setAside(control, { name: plan.name, appendsTo: plan.appendsTo, tables, allowNonEmpty });
  return { undone, tables, context, run };
}

function sum(numbers: Record<string, number>): number {
  return Object.values(numbers).reduce((total, number) => total + number, 0);
}

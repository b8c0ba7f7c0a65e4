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

const DEFAULT_CONNECTIONS = 4;

export interface SeedOptions<Tables extends TableColumns, Context> {
  /** Of the database, for the owner of the plan's tables; no superuser needed. */
  url: string;
  plan: Plan<Tables, Context>;
  /** The same seed, plan and existing data give the same rows, byte by byte. */
  seed: number | string;
  /** Sessions that load and rebuild at once. Default 4: about twice the cores of a small server. */
  connections?: number;
  /** Stops the run: everything is put back as it was, then the promise rejects. */
  signal?: AbortSignal;
  onProgress?: ProgressListener;
  /** Name of the environment that the database belongs to; one called production is refused. */
  environment?: string;
  allowProduction?: boolean;
  /** Adds to tables that hold rows already. */
  allowNonEmpty?: boolean;
}

export interface SeedResult {
  /** Rows loaded, by the plan's name of the table. */
  rows: Record<string, number>;
  totalRows: number;
  /** Sent, in the format of COPY BINARY. */
  bytes: number;
  /** By phase; `total` is the whole run. */
  ms: Record<Phase | 'total', number>;
  /** Plan whose cut-off run was undone first. */
  undone: string | undefined;
}

/**
 * Fills a database with the plan's rows: sets constraints, indexes and triggers of its tables aside, loads by COPY,
 * brings them back and checks that they are as before.
 *
 * If it fails or is stopped, the database is as it was before. If the process is killed, the next call (or
 * `restore`) puts the database back first. Nothing else may use the tables meanwhile; what does is not undone with it,
 * see `restore`.
 *
 * Throws a UserError for everything that its caller can fix: `invalid-settings`, `production-refused`,
 * `invalid-database-url`, `database-unreachable`, `seeding-in-progress`, `plan-mismatch`, `tables-not-empty`, `tables-in-use`,
 * `value-refused`, `row-refused`, `plan-violates-constraint`, `tables-changed`, `load-failed`, `connection-lost`,
 * `interrupted`, `rows-of-others`, `rows-violate-constraint`, `restore-failed`, `failed-after-load`. What the plan's own functions throw comes through as it is.
 *
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
  const { url, plan, connections = DEFAULT_CONNECTIONS, signal } = options;
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
      `connections is a whole number of at least 1, not ${connections}.`,
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

/** Everything up to the moment when the constraints are set aside: what fails before has changed nothing. */
async function prepare<Tables extends TableColumns, Context>(
  control: Client,
  { plan, seed, signal, allowNonEmpty = false }: SeedOptions<Tables, Context>,
) {
  await lockRuns(control);
  const undone = await undoRun(control);
  const tables = await readPlannedTables(control, plan.tables);
  const context = await inTransaction(control, async () => {
    await control.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await plan.prepare(control, randomOf(plan, seed));
  });
  signal?.throwIfAborted();
  const run = await setAside(control, { name: plan.name, appendsTo: plan.appendsTo, tables, allowNonEmpty });
  return { undone, tables, context, run };
}

function sum(numbers: Record<string, number>): number {
  return Object.values(numbers).reduce((total, number) => total + number, 0);
}

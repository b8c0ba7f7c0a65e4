import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { type PlannedTable, readPlannedTables } from './catalog/planned-table.ts';
import { cancelOnAbort } from './cancel.ts';
import { inTransaction, withConnections } from './connection.ts';
import { load } from './load/load.ts';
import { type Plan, randomOf, type TableColumns } from './plan.ts';
import { type Phase, PhaseClock, type ProgressListener } from './progress.ts';
import { refuseProduction } from './refuse-production.ts';
import { endRun } from './run/end-run.ts';
import { explain, putBack } from './run/failure.ts';
import { rebuild } from './run/rebuild.ts';
import { undoRun } from './run/restore.ts';
import { lockRuns, type StoredRun, storeTransactionIds } from './run/run-record.ts';
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
  const { url, connections = DEFAULT_CONNECTIONS, signal } = options;
  if (!(Number.isInteger(connections) && connections >= 1)) {
    throw new UserError(
      'invalid-settings',
      `connections is a whole number of at least 1, not ${connections}.`,
    );
  }
  refuseProduction(options.environment, options.allowProduction === true);
  const run: { stored?: StoredRun } = {};
  try {
    signal?.throwIfAborted();
    return await withConnections(url, connections + 1, async ([control, ...loaders]) => {
      if (control === undefined) throw new RangeError('no session');
      using _ = cancelOnAbort(url, [control, ...loaders], signal);
      return await work(control, loaders, options, run);
    });
  } catch (error) {
    if (run.stored !== undefined) await putBack(url, error);
    throw explain(error, signal);
  }
}

async function work<Tables extends TableColumns, Context>(
  control: Client,
  loaders: Client[],
  options: SeedOptions<Tables, Context>,
  run: { stored?: StoredRun },
): Promise<SeedResult> {
  const { plan, signal } = options;
  const clock = new PhaseClock(options.onProgress);
  const startedMs = performance.now();
  clock.report('prepare', { done: 0, total: 1 });
  await lockRuns(control);
  const undone = await undoRun(control);
  const tables = await readPlannedTables(control, plan.tables);
  const context = await prepare(control, options);
  signal?.throwIfAborted();
  const stored = await setAside(control, {
    name: plan.name,
    tables,
    mayHoldRows: mayHoldRows(plan.appendsTo, options.allowNonEmpty),
  });
  run.stored = stored;

  clock.report('load', { done: 0, total: 0 });
  const shard = { index: 0, count: 1 };
  const loaded = await load(
    loaders,
    tables,
    { families: plan.families, context, shard },
    {
      signal,
      onTransactions: (ids) => storeTransactionIds(control, stored, ids),
      onRows: (counts) => clock.report('load', counts),
    },
  );
  await rebuild(loaders, tables, stored.record.dependents, (phase, done, total) => {
    signal?.throwIfAborted();
    clock.report(phase, { done, total });
  });
  clock.report('finish', { done: 0, total: 1 });
  await endRun(control, stored, async () => {
    await plan.finish?.(control, context);
    signal?.throwIfAborted();
  });
  clock.report('finish', { done: 1, total: 1 });
  clock.stop();
  return {
    ...loaded,
    totalRows: Object.values(loaded.rows).reduce((sum, rows) => sum + rows, 0),
    ms: { ...clock.ms, total: performance.now() - startedMs },
    undone,
  };
}

async function prepare<Tables extends TableColumns, Context>(
  client: Client,
  { plan, seed }: SeedOptions<Tables, Context>,
): Promise<Context> {
  return await inTransaction(client, async () => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await plan.prepare(client, randomOf(plan, seed));
  });
}

function mayHoldRows(appendsTo: readonly string[] = [], allowNonEmpty = false) {
  return (table: PlannedTable) => allowNonEmpty || appendsTo.includes(table.name);
}

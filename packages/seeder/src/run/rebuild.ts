import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import type { Dependent } from '../catalog/dependents.ts';
import type { PlannedTable } from '../catalog/planned-table.ts';
import { isIntegrityViolation, sentencesOf } from '../connection.ts';
import type { Report } from '../progress.ts';

interface Hooks {
  /** Called at the beginning and after each object with how many of all are done. */
  report: Report;
  signal?: AbortSignal;
}

/** Builds the indexes in parallel, table by table, the largest table first, and makes new statistics of each table. */
export async function rebuildIndexes(
  control: Client,
  loaders: readonly Client[],
  tables: readonly PlannedTable[],
  dependents: readonly Dependent[],
  { report, signal }: Hooks,
): Promise<void> {
  const indexes = dependents.filter((dependent) => dependent.kind === 'index');
  let done = 0;
  report(done, indexes.length);
  await inParallel(loaders, await largestFirst(control, tables), signal, async (client, table) => {
    for (const index of indexes.filter((index) => index.tableOid === table.oid)) {
      await run(client, index.create, index);
      report(++done, indexes.length);
    }
    await client.query(`analyze ${table.sql}`);
  });
}

/**
 * Adds the foreign keys unchecked, one after the other, because each locks two tables; then checks them in parallel,
 * those of the largest table first.
 */
export async function addForeignKeys(
  control: Client,
  loaders: readonly Client[],
  dependents: readonly Dependent[],
  { report, signal }: Hooks,
): Promise<void> {
  const foreignKeys = dependents.filter((dependent) => dependent.kind === 'foreign key');
  let done = 0;
  report(done, foreignKeys.length);
  for (const key of foreignKeys) await run(control, key.createUnchecked ?? key.create, key);
  // Tables outside of the plan that point to a planned one are among them.
  const owners = [...new Set(foreignKeys.map((key) => key.tableOid))].map((oid) => ({ oid }));
  await inParallel(loaders, await largestFirst(control, owners), signal, async (client, { oid }) => {
    for (const key of foreignKeys.filter((key) => key.tableOid === oid)) {
      if (key.check !== undefined) await run(client, key.check, key);
      report(++done, foreignKeys.length);
    }
  });
}

async function largestFirst<Table extends { oid: number }>(
  client: Client,
  tables: readonly Table[],
): Promise<Table[]> {
  const { rows } = await client.query<{ oid: number }>(
    'select oid::int8::float8 as oid from unnest($1::oid[]) as oid order by pg_table_size(oid) desc',
    [tables.map((table) => table.oid)],
  );
  const order = rows.map((row) => row.oid);
  return tables.toSorted((a, b) => order.indexOf(a.oid) - order.indexOf(b.oid));
}

/** Each session takes the next item when it is done with one. After a failure no further item is taken. */
async function inParallel<T>(
  clients: readonly Client[],
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (client: Client, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const takeAll = async (client: Client) => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        signal?.throwIfAborted();
        await work(client, item);
      }
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };
  const results = await Promise.allSettled(clients.map(takeAll));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function run(client: Client, sql: string, { kind, name }: Dependent): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!isIntegrityViolation(error)) throw error;
    throw new UserError(
      'plan-violates-constraint',
      `The generated rows violate the ${kind} ${name}: ${sentencesOf(error)}`,
      {
        hint: 'Fix the plan; or choose another seed, if it makes the keys of rows that were there before. The tables are as they were before the run.',
        cause: error,
      },
    );
  }
}

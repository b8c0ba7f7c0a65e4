import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import type { Dependent } from '../catalog/dependents.ts';
import type { PlannedTable } from '../catalog/planned-table.ts';
import { INTEGRITY_VIOLATION, sqlStateOf } from '../connection.ts';

/** Called after each step with how many of all are done. */
export type StepListener = (phase: 'indexes' | 'constraints', done: number, total: number) => void;

/**
 * Brings indexes and foreign keys back: the indexes table by table in parallel, the largest table first, with new
 * statistics; then all foreign keys unchecked, one after the other, because each locks two tables; then their checks in
 * parallel.
 */
export async function rebuild(
  clients: readonly Client[],
  tables: readonly PlannedTable[],
  dependents: readonly Dependent[],
  onStep: StepListener,
): Promise<void> {
  const [first] = clients;
  if (first === undefined) throw new RangeError('rebuild() needs a session');
  const bySize = await largestFirst(first, tables);
  const indexes = dependents.filter((dependent) => dependent.kind === 'index');
  const foreignKeys = dependents.filter((dependent) => dependent.kind === 'foreign key');

  let done = 0;
  await inParallel(clients, bySize, async (client, table) => {
    for (const index of indexes.filter((index) => index.tableOid === table.oid)) {
      await run(client, index.create, index);
      onStep('indexes', ++done, indexes.length);
    }
    await client.query(`ANALYZE ${table.sql}`);
  });

  done = 0;
  for (const key of foreignKeys) await run(first, key.createUnchecked ?? key.create, key);
  // A key may belong to a table outside of the plan that points to a planned one.
  const owners = [
    ...new Set([...bySize.map((table) => table.oid), ...foreignKeys.map((key) => key.tableOid)]),
  ];
  await inParallel(clients, owners, async (client, owner) => {
    for (const key of foreignKeys.filter((key) => key.tableOid === owner)) {
      if (key.check !== undefined) await run(client, key.check, key);
      onStep('constraints', ++done, foreignKeys.length);
    }
  });
}

async function largestFirst(client: Client, tables: readonly PlannedTable[]): Promise<PlannedTable[]> {
  const { rows } = await client.query<{ oid: number; bytes: number }>(
    `SELECT oid::int8::float8 AS oid, pg_table_size(oid)::float8 AS bytes FROM unnest($1::oid[]) AS oid`,
    [tables.map((table) => table.oid)],
  );
  const bytes = new Map(rows.map((row) => [row.oid, row.bytes]));
  return tables.toSorted((a, b) => (bytes.get(b.oid) ?? 0) - (bytes.get(a.oid) ?? 0));
}

/** Each session takes the next item when it is done with one. After a failure no further item is taken. */
async function inParallel<T>(
  clients: readonly Client[],
  items: readonly T[],
  work: (client: Client, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const takeAll = async (client: Client) => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(client, item);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };
  const results = await Promise.allSettled(clients.map(takeAll));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function run(client: Client, sql: string, dependent: Dependent): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!sqlStateOf(error)?.startsWith(INTEGRITY_VIOLATION)) throw error;
    throw violation(dependent, error as Error & { detail?: string });
  }
}

function violation(dependent: Dependent, error: Error & { detail?: string }): UserError {
  const detail = error.detail === undefined ? '' : ` ${error.detail}`;
  return new UserError(
    'plan-violates-constraint',
    `The generated rows violate the ${dependent.kind} ${dependent.name}: ${error.message}.${detail}`,
    {
      hint: 'Fix the plan; or choose another seed, if the keys of rows that were there before are made again. The tables are as they were before the run.',
      cause: error,
    },
  );
}

import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { type Dependent, findDependents } from '../catalog/dependents.ts';
import type { PlannedTable } from '../catalog/planned-table.ts';
import { catalogSnapshot } from '../catalog/snapshot.ts';
import { inTransaction, sqlStateOf } from '../connection.ts';
import { type StoredRun, storeRun } from './run-record.ts';

/** What one core indexes in about a second. */
const smallTableBytes = 64 * 1024 * 1024;

const dependentObjectsExist = '2BP01';

/**
 * Locks the planned tables, refuses if one holds rows that the plan doesn't expect, sets the constraints, indexes and
 * triggers aside, and records how to undo that, all in one transaction.
 *
 * @throws UserError `tables-not-empty`
 */
export async function setAside(
  client: Client,
  plan: {
    name: string;
    tables: readonly PlannedTable[];
    appendsTo?: readonly string[];
    allowNonEmpty: boolean;
  },
): Promise<StoredRun> {
  const { appendsTo = [], allowNonEmpty } = plan;
  return await inTransaction(client, async () => {
    const names = plan.tables.map((table) => table.sql).join(', ');
    await client.query(`lock table ${names} in access exclusive mode`);
    // With nothing else on the path, definitions name schemas, and are right for a session with another path.
    await client.query('set local search_path = pg_catalog');
    const empty = await emptyTables(client, plan.tables);
    const filled = plan.tables.filter((table) => !empty.includes(table)).map((table) => table.name);
    const refused = filled.filter((name) => !appendsTo.includes(name));
    if (refused.length > 0 && !allowNonEmpty) {
      throw new UserError(
        'tables-not-empty',
        `The plan ${plan.name} needs empty tables, but there are rows in ${refused.join(', ')}.`,
        {
          hint: 'Empty them, use a fresh database, or set allowNonEmpty to add to what is there, with another seed: the same seed makes the same keys.',
        },
      );
    }

    const tableOids = plan.tables.map((table) => table.oid);
    const catalog = await catalogSnapshot(client, tableOids);
    const candidates = await findDependents(client, {
      all: tableOids,
      small: await smallTables(client, tableOids),
    });
    const dependents: Dependent[] = [];
    for (const dependent of candidates) {
      if (await dropUnlessNeeded(client, dependent)) dependents.push(dependent);
    }
    const truncate = await truncatable(client, empty);
    return await storeRun(client, {
      plan: plan.name,
      truncate: truncate.map((table) => table.sql),
      remove: plan.tables.filter((table) => !truncate.includes(table)).map((table) => table.sql),
      tableOids,
      dependents,
      catalog,
      transactionIds: [],
    });
  });
}

async function emptyTables(client: Client, tables: readonly PlannedTable[]): Promise<PlannedTable[]> {
  const empty: PlannedTable[] = [];
  for (const table of tables) {
    const { rowCount } = await client.query(`select from ${table.sql} limit 1`);
    if (rowCount === 0) empty.push(table);
  }
  return empty;
}

/** False, and nothing changed, if something else needs the object, such as a view, or a foreign key that stays. */
async function dropUnlessNeeded(client: Client, dependent: Dependent): Promise<boolean> {
  await client.query('savepoint dependent');
  try {
    await client.query(dependent.drop);
    await client.query('release savepoint dependent');
    return true;
  } catch (error) {
    if (sqlStateOf(error) !== dependentObjectsExist) throw error;
    await client.query('rollback to savepoint dependent');
    return false;
  }
}

/** Tables whose indexes are rebuilt in less time than it takes to load into them. */
async function smallTables(client: Client, tables: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ oid: number }>(
    `select oid::int8::float8 as oid from unnest($1::oid[]) as oid where pg_table_size(oid) <= $2`,
    [tables, smallTableBytes],
  );
  return rows.map((row) => row.oid);
}

/** The tables that TRUNCATE takes: none that a foreign key from elsewhere still points to. */
async function truncatable(client: Client, empty: readonly PlannedTable[]): Promise<PlannedTable[]> {
  const { rows } = await client.query<{ oid: number }>(
    `select confrelid::int8::float8 as oid from pg_constraint
      where contype = 'f' and confrelid = any ($1::oid[]) and conrelid <> all ($1::oid[])`,
    [empty.map((table) => table.oid)],
  );
  const referenced = new Set(rows.map((row) => row.oid));
  return empty.filter((table) => !referenced.has(table.oid));
}

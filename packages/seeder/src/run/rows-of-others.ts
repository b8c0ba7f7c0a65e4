import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import type { RunRecord } from './run-record.ts';

/** A table with rows that its load did not write. */
export interface RowsOfOthers {
  /** Quoted, with its schema. */
  table: string;
  count: number;
}

/**
 * Whether rows of the load can be there: whether one of its transactions was committed. One that the server no longer
 * remembers counts as committed.
 */
export async function hasCommitted(client: Client, transactionIds: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<{ committed: boolean }>(
    `select case when id < pg_snapshot_xmax(pg_current_snapshot())
                 then coalesce(pg_xact_status(id), 'committed') = 'committed'
                 -- Not of this server: the database was copied from another one.
                 else true end as committed
       from unnest($1::text[]::xid8[]) as id`,
    [transactionIds],
  );
  return rows.some(({ committed }) => committed);
}

/** Condition for the rows that these transactions wrote and nobody has changed since. */
export function writtenBy(transactionIds: readonly string[]): string {
  return `xmin = any ('{${transactionIds.join(',')}}'::xid8[]::xid[])`;
}

/**
 * The rows of tables that were empty before the load and that others have written since, or changed: a changed row
 * belongs to whoever changed it. Reads every row of the tables.
 */
export async function findRowsOfOthers(
  client: Client,
  tables: readonly string[],
  transactionIds: readonly string[],
): Promise<RowsOfOthers[]> {
  const found: RowsOfOthers[] = [];
  for (const table of tables) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::float8 as count from ${table} where not ${writtenBy(transactionIds)}`,
    );
    const count = rows[0]?.count ?? 0;
    if (count > 0) found.push({ table, count });
  }
  return found;
}

/** Why a load is not undone, and how to go on. */
export function rowsOfOthersError(
  { plan, transactionIds }: Pick<RunRecord, 'plan' | 'transactionIds'>,
  found: readonly RowsOfOthers[],
): UserError {
  const counts = found.map(({ table, count }) => `${count} in ${table}`).join(', ');
  const selects = found.map(({ table }) => `select * from ${table} where not ${writtenBy(transactionIds)};`);
  return new UserError(
    'rows-of-others',
    `The load of the plan ${plan} was not undone: that would delete rows which it did not write, or which others have changed since: ${counts}.`,
    {
      hint: [
        'Copy the rows to keep, delete all of those rows, then run again. These statements show them:',
        ...selects,
        'Or delete them together with the load: call restore({ url, discardRowsOfOthers: true }).',
      ].join('\n'),
    },
  );
}

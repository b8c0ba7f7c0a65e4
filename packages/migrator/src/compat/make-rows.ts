import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { fillTables } from '../sample-rows/fill-tables.ts';

/** Which rows to make. */
export interface RowOptions {
  /** In each table without a row. */
  rows: number;
  /** SQL that is run before. */
  sql: string | undefined;
}

/**
 * Makes rows in the tables of a database that have none.
 *
 * @returns why a table has none, by its name with its schema, without quotes
 * @throws UserError `invalid-settings`: the SQL fails.
 */
export async function makeRows(client: Client, { rows, sql }: RowOptions): Promise<Map<string, string>> {
  if (sql !== undefined) {
    await client.query(sql).catch((cause: unknown) => {
      throw new UserError(
        'invalid-settings',
        `The SQL that makes rows fails in the schema of the previous release: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    });
  }
  // The same rows each time.
  await client.query('select setseed(0.5)');
  const filled = await fillTables(client, rows);
  return new Map(
    filled.flatMap(({ table, problem }) =>
      problem === undefined ? [] : [[table.replaceAll('"', ''), problem]],
    ),
  );
}

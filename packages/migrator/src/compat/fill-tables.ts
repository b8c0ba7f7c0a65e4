import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';

/** Which rows to make. */
export interface FillOptions {
  rows: number;
  sql: string | undefined;
}

/**
 * Makes rows in the tables of a database that have none.
 *
 * @returns why a table has none, by its name
 * @throws UserError `invalid-settings`: the SQL fails.
 */
export async function fillTables(client: Client, { sql }: FillOptions): Promise<Map<string, string>> {
  if (sql !== undefined) {
    await client.query(sql).catch((cause: unknown) => {
      throw new UserError('invalid-settings', `The SQL that makes rows fails: ${(cause as Error).message}`, {
        hint: 'Correct it: it runs in the schema of the previous release.',
        cause,
      });
    });
  }
  return new Map();
}

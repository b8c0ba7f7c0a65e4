import { createHash } from 'node:crypto';
import { explainError, withConnections } from './connection.ts';
import { readPlannedTables } from './catalog/planned-table.ts';
import type { TableColumns } from './plan.ts';

export interface Digest {
  /** Of all tables, in hexadecimal. */
  digest: string;
  /** By the name that the caller uses. */
  tables: Record<string, { rows: number; digest: string }>;
}

/**
 * Computes a digest of the tables' rows that does not depend on their order: equal rows, equal digest. A table's digest
 * is the sum of its rows' hashes, computed by the server.
 *
 * @param options `url`: of the database, as the owner of the tables; `tables`: the columns to read of each table, all
 * if none is listed
 * @throws UserError `invalid-database-url`, `database-unreachable`, `connection-lost`; `plan-mismatch` when a table or
 * column is missing or the role does not own a table
 */
export async function digest(options: { url: string; tables: TableColumns }): Promise<Digest> {
  return await withConnections(options.url, 1, async ([client]) => {
    // The text of a value depends on these.
    await client.query(
      `set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set extra_float_digits = 1`,
    );
    const tables: Digest['tables'] = {};
    for (const table of await readPlannedTables(client, options.tables)) {
      const row =
        table.columns.length === 0
          ? 't'
          : `ROW(${table.columns.map((column) => `t.${column.sql}`).join(', ')})`;
      const { rows } = await client.query<{ rows: number; digest: string }>(
        `select count(*)::float8 as rows, coalesce(sum(hashtextextended(${row}::text, 0)), 0)::text as digest from ${table.sql} t`,
      );
      if (rows[0] !== undefined) tables[table.name] = rows[0];
    }
    return { digest: createHash('sha256').update(JSON.stringify(tables)).digest('hex'), tables };
  }).catch((error: unknown) => {
    throw explainError(error);
  });
}

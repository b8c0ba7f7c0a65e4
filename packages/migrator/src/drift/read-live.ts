import { withClient } from '../with-client.ts';
import { type Catalog, readCatalogOf } from '@ecommerce-dms/schema-catalog';
import type { Client, ClientConfig } from 'pg';
import { findHistories } from '../adopt/find-histories.ts';
import { progressTableName } from '../backfill/progress-table.ts';

/** The live database. */
export interface Live {
  catalog: Catalog;
  /** The tables in which migrators write down what they have done, as facts name them; the ledger is the first. */
  bookkeeping: readonly string[];
}

/** @param ledger its table with its schema, unquoted */
export async function readLive(session: ClientConfig, ledger: string): Promise<Live> {
  return withClient(session, async (client) => {
    const histories = await findHistories(
      { query: async (sql, params) => (await client.query(sql, params as unknown[] | undefined)).rows },
      ledger,
    );
    const [schema] = partsOf(ledger);
    const progress = `${schema}.${progressTableName(ledger)}`;
    const tables = [ledger, progress, ...histories.map(({ table }) => table)].map(partsOf);
    const { rows } = await client.query<{ identity: string }>(
      `select quote_ident(t.parts ->> 0) || '.' || quote_ident(t.parts ->> 1) as identity
         from jsonb_array_elements($1::jsonb) with ordinality t (parts, n) order by n`,
      [JSON.stringify(tables)],
    );
    const bookkeeping = rows.map(({ identity }) => identity);
    return { catalog: await readWithOwner(client, bookkeeping), bookkeeping };
  });
}

/** A schema may not have a dot in its name: neither do the options of MikroORM allow one. */
function partsOf(table: string): [schema: string, name: string] {
  const at = table.indexOf('.');
  return [table.slice(0, at), table.slice(at + 1)];
}

/**
 * Reads a database so that what belongs to the role that has applied the migrations, the owner of the ledger, is the same
 * on either side.
 */
export async function readWithOwner(client: Client, bookkeeping: readonly string[]): Promise<Catalog> {
  const { rows } = await client.query<{ owner: string }>(
    `select pg_get_userbyid(c.relowner) as owner from unnest($1::text[]) with ordinality t (name, n)
       join pg_class c on c.oid = to_regclass(t.name) order by t.n limit 1`,
    [bookkeeping],
  );
  return readCatalogOf(client, rows[0] ? { schemaOwner: rows[0].owner } : {});
}

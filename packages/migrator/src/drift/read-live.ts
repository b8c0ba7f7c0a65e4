import { type Catalog, readCatalogOf } from '@ecommerce-dms/schema-catalog';
import { Client, type ClientConfig } from 'pg';
import { findHistories } from '../adopt/find-histories.ts';
import { connectionError } from '../connection-error.ts';

/** The live database. */
export interface Live {
  catalog: Catalog;
  /** The keys of the tables in which migrators write down what they have done. */
  bookkeeping: ReadonlySet<string>;
}

/** @param ledger its table with its schema */
export async function readLive(session: ClientConfig, ledger: string): Promise<Live> {
  return withClient(session, async (client) => {
    const histories = await findHistories(
      { query: async (sql, params) => (await client.query(sql, params as unknown[] | undefined)).rows },
      ledger,
    );
    const tables = [ledger, ...histories.map(({ table }) => table)];
    return {
      catalog: await readWithOwner(client, ledger),
      bookkeeping: new Set(tables.map((table) => `table ${table}`)),
    };
  });
}

/** Whoever has applied the migrations owns the ledger: what belongs to that role is the same on either side. */
export async function readWithOwner(client: Client, ledger: string): Promise<Catalog> {
  const { rows } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(relowner) as owner from pg_class where oid = to_regclass($1)',
    [ledger],
  );
  return readCatalogOf(client, rows[0] ? { schemaOwner: rows[0].owner } : {});
}

/** @throws UserError `database-unreachable` */
export async function withClient<Result>(
  session: ClientConfig,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(session);
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw connectionError(client, error);
  });
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

interface Dump {
  table: string;
  columns: string;
  bytes: Buffer;
}

/**
 * Seconds that COPY BINARY alone takes for all rows of the schema `public`, largest table first on several sessions,
 * into tables without keys, indexes or triggers: what no loader can be faster than.
 */
export async function rawCopy(url: string, connections: number): Promise<number> {
  const clients: Client[] = [];
  try {
    for (let i = 0; i < connections; i++) {
      const client = new Client({ connectionString: url });
      await client.connect();
      clients.push(client);
    }
    const [first] = clients;
    if (first === undefined) throw new RangeError('rawCopy() needs a connection');
    const dumps = await dumpTables(first);
    await first.query('CREATE SCHEMA raw');
    for (const { table } of dumps) await first.query(`CREATE TABLE raw.${table} (LIKE public.${table})`);

    const queue = dumps.toSorted((a, b) => b.bytes.length - a.bytes.length);
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let dump = queue.shift(); dump !== undefined; dump = queue.shift()) {
          const stream = client.query(
            copyFrom(`COPY raw.${dump.table} (${dump.columns}) FROM STDIN (FORMAT binary)`),
          );
          stream.end(dump.bytes);
          await finished(stream);
        }
      }),
    );
    return (performance.now() - startedAt) / 1000;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** All tables that hold rows, in the format of COPY BINARY; columns that are not generated. */
async function dumpTables(client: Client): Promise<Dump[]> {
  const { rows } = await client.query<{ table: string; columns: string }>(
    `SELECT c.relname AS table, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      GROUP BY c.relname`,
  );
  const dumps: Dump[] = [];
  for (const { table, columns } of rows) {
    const stream = client.query(copyTo(`COPY public.${table} (${columns}) TO STDOUT (FORMAT binary)`));
    dumps.push({ table, columns, bytes: await buffer(stream) });
  }
  return dumps;
}

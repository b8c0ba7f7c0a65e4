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
    await first.query('create schema raw');
    for (const { table } of dumps) await first.query(`create table raw.${table} (like public.${table})`);

    const queue = dumps.toSorted((a, b) => b.bytes.length - a.bytes.length);
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let dump = queue.shift(); dump !== undefined; dump = queue.shift()) {
          const stream = client.query(
            copyFrom(`copy raw.${dump.table} (${dump.columns}) from stdin (format binary)`),
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
    `select c.relname as table, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.reltuples > 0
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by c.relname`,
  );
  const dumps: Dump[] = [];
  for (const { table, columns } of rows) {
    const stream = client.query(copyTo(`copy public.${table} (${columns}) to stdout (format binary)`));
    dumps.push({ table, columns, bytes: await buffer(stream) });
  }
  return dumps;
}

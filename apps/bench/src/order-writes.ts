import { startCluster } from '@ecommerce-dms/local-rds';
import type { Client } from 'pg';
import { type FilledCart, fillCarts } from './carts.ts';
import { placeOrder } from './place-order.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';

const orderCount = 2000;
/** Without the images of whole pages, whose number depends on the last checkpoint. */
const serverSettings = { full_page_writes: 'off', autovacuum: 'off' };

/** What a checkout writes to the log of the server: bytes and records, by kind; figures that no load changes. */
export async function benchOrderWrites(): Promise<string[][]> {
  return await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: serverSettings });
    await createShop(cluster);
    const url = urlOf(cluster, 'shop');
    await withClient(url, (client) => client.query('create extension pg_walinspect'));
    // The first orders meet empty tables.
    await placeAll(url, await fillCarts(url, 200));
    const carts = await fillCarts(url, orderCount);
    return await withClient(url, async (client) => {
      const from = await position(client);
      await placeAll(url, carts);
      const to = await position(client);
      const kinds = await recordKinds(client, from, to);
      const sum = { records: 0, bytes: 0 };
      for (const { records, bytes } of kinds) {
        sum.records += records;
        sum.bytes += bytes;
      }
      return [
        ['records of an order', 'number', 'bytes'],
        ...[...kinds.filter(({ bytes }) => bytes >= orderCount), { kind: 'all', ...sum }].map(
          ({ kind, records, bytes }) => [
            kind,
            (records / orderCount).toFixed(1),
            Math.round(bytes / orderCount).toLocaleString('en'),
          ],
        ),
        [`${orderCount} checkouts of 2.5 lines on average, of guests; full_page_writes off`],
      ];
    });
  });
}

async function placeAll(url: string, carts: readonly FilledCart[]): Promise<void> {
  await withOrm(
    url,
    async (orm) => {
      for (const cart of carts) await placeOrder(orm, cart);
    },
    1,
  );
}

async function position(client: Client): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>('select pg_current_wal_insert_lsn()::text as lsn');
  return rows[0]?.lsn ?? '';
}

async function recordKinds(
  client: Client,
  from: string,
  to: string,
): Promise<{ kind: string; records: number; bytes: number }[]> {
  const { rows } = await client.query<{ kind: string; records: number; bytes: number }>(
    `select resource_manager || ' ' || record_type as kind, count(*)::float8 as records,
       sum(record_length)::float8 as bytes
     from pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn)
     group by 1 order by 3 desc`,
    [from, to],
  );
  return rows;
}

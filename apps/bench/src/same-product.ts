import { clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import { fillCarts } from './carts.ts';
import { median } from './median.ts';
import { placeOrder } from './place-order.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';
import { measure, type Server, type Throughput } from './throughput.ts';

const clientCount = 8;
const runCount = 3;
const cartCount = 10_000;
const serverSettings = { shared_buffers: '1GB', max_wal_size: '16GB', checkpoint_timeout: '30min' };
/** How many variants the buyers choose from; undefined is the whole catalog. */
const loads = [
  { name: 'of the whole catalog', variants: undefined },
  { name: 'all of one', variants: 1 },
] as const;

/** Checkouts a second of one line each, of the whole catalog and of one variant, in turns: medians of 3. */
export async function benchSameProduct(): Promise<string[][]> {
  const table = [['variants', 'checkouts/s', 'of the whole catalog', 'CPU ms each']];
  await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: serverSettings });
    await createShop(cluster);
    const url = urlOf(cluster, 'shop');
    await withClient(url, (client) => client.query('create extension pg_stat_statements'));
    const { nodes } = await clusterStatus(directory);
    const server = { adminUrl: url, postmasters: nodes.flatMap(({ pid }) => pid ?? []) };
    // The first orders meet empty tables.
    await measureVariants(server, undefined);
    const runs = loads.map((load) => ({ ...load, results: [] as Throughput[] }));
    for (let run = 0; run < runCount; run++) {
      for (const { variants, results } of runs) results.push(await measureVariants(server, variants));
    }
    const perSecond = runs.map(({ results }) =>
      median(results.map(({ transactionsPerSecond }) => transactionsPerSecond)),
    );
    for (const [index, { name, results }] of runs.entries()) {
      table.push([
        name,
        Math.round(perSecond[index] ?? Number.NaN).toLocaleString('en'),
        ((perSecond[index] ?? Number.NaN) / (perSecond[0] ?? Number.NaN)).toFixed(2),
        median(results.map(({ cpuMsPerTransaction }) => cpuMsPerTransaction)).toFixed(2),
      ]);
    }
  });
  return [...table, [`${clientCount} clients, fsync on`]];
}

async function measureVariants(server: Server, variants: number | undefined): Promise<Throughput> {
  const contents = { mostLines: 1, ...(variants !== undefined && { variants }) };
  const carts = await fillCarts(server.adminUrl, cartCount, contents);
  return await withOrm(
    server.adminUrl,
    (orm) =>
      measure(server, clientCount, async () => {
        const cart = carts.pop();
        if (cart === undefined) throw new Error(`${cartCount} carts are not enough.`);
        await placeOrder(orm, cart);
      }),
    clientCount,
  );
}

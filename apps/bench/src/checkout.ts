import { clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { fillCarts } from './carts.ts';
import { median } from './median.ts';
import { placeOrder } from './place-order.ts';
import { hasPgbench, recordCheckouts, replayCheckouts } from './replay.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';
import { measure, type Server, type Throughput } from './throughput.ts';
import { prepareTpcb, tpcb } from './tpcb.ts';

const clientCount = 8;
const runCount = 3;
const cartCount = 15_000;
/** Of a run of pgbench. */
const replayedCount = 2400;
/** No checkpoint in the middle of a measurement; `fsync` is on. */
const serverSettings = { shared_buffers: '1GB', max_wal_size: '16GB', checkpoint_timeout: '30min' };

/**
 * Checkouts a second beside a TPC-B-like transaction, with 8 clients in this process on the same server, in turns:
 * medians of 3, without a standby and with one that commits wait for. Without one also beside pgbench, if it is
 * installed, which sends what checkouts have sent.
 */
export async function benchCheckout(): Promise<string[][]> {
  const header = [
    'transactions/s',
    'of TPC-B-like',
    'of the replay',
    'statements/s',
    'rows written/s',
    'CPU ms each',
    'of TPC-B-like',
  ];
  const table = [['load', ...header]];
  const isReplaying = await hasPgbench();
  await withClusterFolder(async (directory) => {
    for (const standbys of [0, 1]) {
      const cluster = await startCluster({ directory, standbys, settings: serverSettings });
      const url = urlOf(cluster, 'shop');
      const { nodes } = await clusterStatus(directory);
      const server = { adminUrl: url, postmasters: nodes.flatMap(({ pid }) => pid ?? []) };
      if (standbys === 0) {
        await createShop(cluster);
        await withClient(url, (client) => client.query('create extension pg_stat_statements'));
        if (isReplaying) await recordCheckouts(url, await fillCarts(url, replayedCount * runCount));
        await prepareTpcb(url);
      }
      // The first orders meet empty tables, for which the server plans otherwise than for a shop's.
      await measureCheckouts(server);
      const runs: { checkouts: Throughput; tpcb: Throughput }[] = [];
      const replays: number[] = [];
      for (let run = 0; run < runCount; run++) {
        runs.push({ tpcb: await measureTpcb(server), checkouts: await measureCheckouts(server) });
        if (standbys === 0 && isReplaying) {
          replays.push(await replayCheckouts(url, { clients: clientCount, checkouts: replayedCount }));
        }
      }
      const replayed = median(replays);
      const name = standbys === 0 ? 'no standby' : 'synchronous standby';
      const of = (load: 'checkouts' | 'tpcb', figure: keyof Throughput) =>
        median(runs.map((run) => run[load][figure]));
      for (const load of ['checkouts', 'tpcb'] as const) {
        const perSecond = of(load, 'transactionsPerSecond');
        const cpuMs = of(load, 'cpuMsPerTransaction');
        table.push([
          `${load === 'tpcb' ? 'TPC-B-like' : 'checkout'}, ${name}`,
          whole(perSecond),
          (perSecond / of('tpcb', 'transactionsPerSecond')).toFixed(2),
          load === 'checkouts' && replays.length > 0 ? (perSecond / replayed).toFixed(2) : '',
          whole(of(load, 'statementsPerSecond')),
          whole(of(load, 'rowsWrittenPerSecond')),
          cpuMs.toFixed(2),
          (of('tpcb', 'cpuMsPerTransaction') / cpuMs).toFixed(2),
        ]);
      }
      if (replays.length > 0) {
        const ofTpcb = replayed / of('tpcb', 'transactionsPerSecond');
        table.push([`replay by pgbench, ${name}`, whole(replayed), ofTpcb.toFixed(2), '1.00']);
      }
    }
  });
  if (!isReplaying) table.push(['pgbench is not installed: nothing was replayed']);
  table.push([
    `${clientCount} clients; ${Object.entries(serverSettings)
      .map((pair) => pair.join(' '))
      .join(', ')}, fsync on`,
  ]);
  return table;
}

async function measureCheckouts(server: Server): Promise<Throughput> {
  const carts = await fillCarts(server.adminUrl, cartCount);
  const checkouts = (orm: MikroORM): Promise<Throughput> =>
    measure(server, clientCount, async () => {
      const cart = carts.pop();
      if (cart === undefined) throw new Error(`${cartCount} carts are not enough.`);
      await placeOrder(orm, cart);
    });
  return await withOrm(server.adminUrl, checkouts, clientCount);
}

async function measureTpcb(server: Server): Promise<Throughput> {
  const clients = await Promise.all(
    Array.from({ length: clientCount }, async () => {
      const client = new Client({ connectionString: server.adminUrl });
      await client.connect();
      return client;
    }),
  );
  try {
    return await measure(server, clientCount, async (number) => {
      const client = clients[number];
      if (client !== undefined) await tpcb(client);
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

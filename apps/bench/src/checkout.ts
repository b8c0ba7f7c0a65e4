import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, ormOptions } from '@ecommerce-dms/entities';
import { importCatalog, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { clusterStatus, removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { fillCarts } from './carts.ts';
import { measure, type Server, type Throughput } from './throughput.ts';
import { prepareTpcb, tpcb } from './tpcb.ts';

const CLIENTS = 8;
const RUNS = 3;
const CARTS = 15_000;
/** No checkpoint in the middle of a measurement; `fsync` is on. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '16GB', checkpoint_timeout: '30min' };

/**
 * Checkouts a second beside a TPC-B-like transaction, with 8 clients in this process on the same server, in turns:
 * medians of 3, without a standby and with one that commits wait for.
 */
export async function benchCheckout(): Promise<string[][]> {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-bench-'));
  const header = [
    'transactions/s',
    'of TPC-B-like',
    'statements/s',
    'rows written/s',
    'CPU ms each',
    'of TPC-B-like',
  ];
  const table = [['load', ...header]];
  try {
    for (const standbys of [0, 1]) {
      const cluster = await startCluster({ directory, standbys, settings: SETTINGS });
      const url = Object.assign(new URL(cluster.adminUrl), { pathname: '/shop' }).href;
      const { nodes } = await clusterStatus(directory);
      const server = { adminUrl: url, postmasters: nodes.flatMap(({ pid }) => pid ?? []) };
      if (standbys === 0) {
        await cluster.createDatabase('shop');
        await prepareShop(url);
        await prepareTpcb(url);
      }
      // The first orders meet empty tables, for which the server plans otherwise than for a shop's.
      await measureCheckouts(server);
      const runs: { checkouts: Throughput; tpcb: Throughput }[] = [];
      for (let run = 0; run < RUNS; run++) {
        runs.push({ tpcb: await measureTpcb(server), checkouts: await measureCheckouts(server) });
      }
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
          whole(of(load, 'statementsPerSecond')),
          whole(of(load, 'rowsWrittenPerSecond')),
          cpuMs.toFixed(2),
          (of('tpcb', 'cpuMsPerTransaction') / cpuMs).toFixed(2),
        ]);
      }
    }
  } finally {
    await removeCluster(directory);
    await rm(directory, { recursive: true, force: true });
  }
  table.push([
    `${CLIENTS} clients; ${Object.entries(SETTINGS)
      .map((pair) => pair.join(' '))
      .join(', ')}, fsync on`,
  ]);
  return table;
}

async function measureCheckouts(server: Server): Promise<Throughput> {
  const carts = await fillCarts(server.adminUrl, CARTS);
  const orm = await MikroORM.init({
    ...ormOptions({ url: server.adminUrl }),
    pool: { max: CLIENTS },
    logger: () => undefined,
  });
  try {
    return await measure(server, CLIENTS, async () => {
      const cartId = carts.pop();
      if (cartId === undefined) throw new Error(`${CARTS} carts are not enough.`);
      await checkout(orm.em.fork(), {
        idempotencyKey: randomUUID(),
        cartId,
        email: 'buyer@example.com',
        shippingAddress: { fullName: 'A. Buyer', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
        adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: 499n }],
      });
    });
  } finally {
    await orm.close(true);
  }
}

async function measureTpcb(server: Server): Promise<Throughput> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new Client({ connectionString: server.adminUrl });
      await client.connect();
      return client;
    }),
  );
  try {
    return await measure(server, CLIENTS, async (number) => {
      const client = clients[number];
      if (client !== undefined) await tpcb(client);
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** A migrated shop with the sample catalog, and the server's counts of statements. */
async function prepareShop(url: string): Promise<void> {
  await provisionRoles({ adminUrl: url });
  const orm = await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined });
  await orm.migrator.up();
  await orm.em.fork().execute('create extension pg_stat_statements');
  await orm.close();
  await importCatalog(url, await readCatalog(sampleCatalogPath));
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

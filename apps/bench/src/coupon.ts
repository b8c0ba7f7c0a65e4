import { clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import type { Client } from 'pg';
import { fillCarts } from './carts.ts';
import { median } from './median.ts';
import { placeOrder } from './place-order.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';
import { measure, type Server, type Throughput } from './throughput.ts';

const clientCount = 8;
const runCount = 3;
const cartCount = 12_000;
const earlierUses = 500_000;
const serverSettings = { shared_buffers: '1GB', max_wal_size: '16GB', checkpoint_timeout: '30min' };
const codes = ['UNLIMITED', 'LIMITED', 'LIMITED-USED'] as const;

const names = {
  UNLIMITED: 'no limit',
  LIMITED: 'a limit, first uses',
  'LIMITED-USED': `a limit, after ${earlierUses.toLocaleString('en')} uses`,
};

/** Checkouts a second that all use one coupon, with and without a limit, in turns: medians of 3. */
export async function benchCoupon(): Promise<string[][]> {
  const table = [['coupon', 'checkouts/s', 'of no limit', 'CPU ms each', 'of no limit']];
  await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: serverSettings });
    await createShop(cluster);
    const url = urlOf(cluster, 'shop');
    const { nodes } = await clusterStatus(directory);
    const server = { adminUrl: url, postmasters: nodes.flatMap(({ pid }) => pid ?? []) };
    await withClient(url, async (client) => {
      await client.query('create extension pg_stat_statements');
      await offerCoupons(client);
    });
    // The first orders meet empty tables.
    await measureCoupon(server, 'UNLIMITED');
    const runs = new Map<string, Throughput[]>(codes.map((code) => [code, []]));
    for (let run = 0; run < runCount; run++) {
      for (const code of codes) runs.get(code)?.push(await measureCoupon(server, code));
    }
    const of = (code: string, figure: keyof Throughput) =>
      median((runs.get(code) ?? []).map((run) => run[figure]));
    for (const code of codes) {
      const perSecond = of(code, 'transactionsPerSecond');
      const cpuMs = of(code, 'cpuMsPerTransaction');
      table.push([
        names[code],
        Math.round(perSecond).toLocaleString('en'),
        (perSecond / of('UNLIMITED', 'transactionsPerSecond')).toFixed(2),
        cpuMs.toFixed(2),
        (of('UNLIMITED', 'cpuMsPerTransaction') / cpuMs).toFixed(2),
      ]);
    }
  });
  return [...table, [`${clientCount} clients, fsync on`]];
}

/** The coupons, one with uses of earlier orders, which are written without triggers, as a restored shop has them. */
async function offerCoupons(client: Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `insert into promotion (name, rate_ppm) values ('Ten', 100000) returning id`,
  );
  for (const code of codes) {
    await client.query('insert into coupon (promotion_id, code) values ($1, $2)', [rows[0]?.id, code]);
  }
  await client.query('begin; set local session_replication_role = replica');
  await client.query(
    `with o as (
       insert into sales_order (email, currency_code, subtotal_minor, discount_minor, total_minor)
       select 'earlier-' || n || '@example.com', 'USD', 100, 10, 90 from generate_series(1, $1::int) n returning id)
     insert into coupon_redemption (order_id, coupon_id, discount_minor)
     select o.id, c.id, 10 from o, coupon c where c.code = 'LIMITED-USED'`,
    [earlierUses],
  );
  await client.query('commit');
  await client.query(`update coupon set usage_limit = 100000000 where code like 'LIMITED%'`);
}

async function measureCoupon(server: Server, code: string): Promise<Throughput> {
  const carts = await fillCarts(server.adminUrl, cartCount);
  await withClient(server.adminUrl, (client) =>
    client.query(
      `insert into cart_coupon (cart_id, coupon_id)
       select cart_id, c.id from unnest($1::uuid[]) as cart_id, coupon c where c.code = $2`,
      [carts.map(({ id }) => id), code],
    ),
  );
  return await withOrm(
    server.adminUrl,
    (orm) =>
      measure(server, clientCount, async () => {
        const cart = carts.pop();
        if (cart === undefined) throw new Error(`${cartCount} carts are not enough.`);
        // The coupons take a tenth, rounded half up.
        await placeOrder(orm, cart, (cart.subtotalMinor + 5n) / 10n);
      }),
    clientCount,
  );
}

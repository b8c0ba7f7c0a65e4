import { clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import { type FilledCart, fillCarts } from './carts.ts';
import { medianOf } from './median.ts';
import { placeOrder } from './place-order.ts';
import { processorTimeMs } from './processor-time.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';

const lineCounts = [1, 10, 100, 1000];
const runCount = 11;
const warmUpCount = 6;
const earlierCount = 500;
const priceMinor = 999n;

/** How long a checkout takes by its number of lines, one after another: medians of 11, and the mean of their CPU time. */
export async function benchOrderSize(): Promise<string[][]> {
  const table = [['lines', 'ms', 'CPU ms each']];
  await withClusterFolder(async (directory) => {
    const settings = { shared_buffers: '512MB', max_wal_size: '16GB', checkpoint_timeout: '30min' };
    const cluster = await startCluster({ directory, standbys: 0, settings });
    await createShop(cluster);
    const url = urlOf(cluster, 'shop');
    const { nodes } = await clusterStatus(directory);
    const postmasters = nodes.flatMap(({ pid }) => pid ?? []);
    const most = Math.max(...lineCounts);
    // The first orders meet empty tables, for which the server plans otherwise than for a shop's.
    const earlier = await fillCarts(url, earlierCount);
    await withOrm(url, async (orm) => {
      for (const cart of earlier) await placeOrder(orm, cart);
    });
    const variants = await offerVariants(url, most);
    const cartsOf = new Map<number, FilledCart[]>();
    for (const lines of lineCounts) {
      cartsOf.set(lines, await fillCartsOf(url, variants.slice(0, lines), runCount + warmUpCount));
    }
    await withOrm(
      url,
      async (orm) => {
        for (const lines of lineCounts) {
          const carts = cartsOf.get(lines) ?? [];
          const next = async (): Promise<void> => {
            const cart = carts.pop();
            if (cart !== undefined) await placeOrder(orm, cart);
          };
          // The server plans the first ones of a connection for their values.
          for (let number = 0; number < warmUpCount; number++) await next();
          const before = await processorTimeMs(postmasters);
          const ms = await medianOf(runCount, async () => {
            const startedAt = performance.now();
            await next();
            return performance.now() - startedAt;
          });
          const cpuMs = ((await processorTimeMs(postmasters)) - before) / runCount;
          table.push([`${lines}`, ms.toFixed(1), cpuMs.toFixed(1)]);
        }
      },
      1,
    );
  });
  return [...table, ['one client, fsync on']];
}

/** So many more variants, each with a price and stock. */
async function offerVariants(url: string, count: number): Promise<string[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `with item as (
         insert into product (handle, title, status)
         select 'many-' || n, 'Many ' || n, 'active' from generate_series(1, $1::int) n returning id, handle),
       variant as (
         insert into product_variant (product_id, title, sku) select id, 'Default', handle from item returning id),
       priced as (
         insert into price (variant_id, currency_code, amount_minor) select id, 'USD', $2 from variant),
       stocked as (
         insert into stock_level (variant_id, location_id, on_hand)
         select variant.id, (select id from stock_location where active limit 1), 1000000 from variant)
       select id from variant`,
      [count, priceMinor],
    );
    await client.query('vacuum analyze');
    return rows.map(({ id }) => id);
  });
}

/** Open carts with one of each of these variants. */
async function fillCartsOf(url: string, variants: readonly string[], count: number): Promise<FilledCart[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `with filled as (insert into cart (currency_code) select 'USD' from generate_series(1, $1::int) returning id),
       lines as (
         insert into cart_line (cart_id, variant_id, quantity, unit_price_minor)
         select filled.id, variant_id, 1, $3 from filled, unnest($2::uuid[]) as variant_id)
       select id from filled`,
      [count, variants, priceMinor],
    );
    await client.query('vacuum analyze cart, cart_line');
    return rows.map(({ id }) => ({ id, subtotalMinor: priceMinor * BigInt(variants.length) }));
  });
}

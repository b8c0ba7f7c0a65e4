import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import { noCharges, openShop, type Operation, type Shop } from '../index.ts';
import { shopOperations } from './shop-operations.ts';

let directory: string;
let cluster: Cluster;
let shop: Shop;
let otherServer: Shop;
let standby: Client;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-reader-'));
  await chmod(directory, 0o711);
  cluster = await startCluster({ directory, settings: { fsync: 'off' } });
  await cluster.createDatabase('shop');
  const url = Object.assign(new URL(cluster.adminUrl), { pathname: '/shop' });
  await shopTemplate.prepare(url.href);
  const reader = new URL(url);
  reader.port = String(cluster.standbys[0]?.port);
  const settings = {
    url: urlAs(url.href, 'shop_app'),
    readerUrl: urlAs(reader.href, 'shop_app'),
    payments: [],
    shipping: noCharges,
    tax: noCharges,
    maxReaderWaitMs: 50,
  };
  shop = await openShop(settings);
  otherServer = await openShop(settings);
  standby = new Client({ connectionString: reader.href });
  await standby.connect();
});

beforeEach(async () => {
  await standby.query('select pg_wal_replay_resume()');
});

afterAll(async () => {
  await shop?.close();
  await otherServer?.close();
  await standby?.end();
  await removeCluster(directory);
  await rm(directory, { recursive: true, force: true });
});

/** From here on the standby replays nothing, until it resumes. */
async function pauseReplay(): Promise<void> {
  await standby.query('select pg_wal_replay_pause()');
  const state = 'select pg_get_wal_replay_pause_state() as state';
  while ((await standby.query(state)).rows[0].state !== 'paused');
}

/** Whether it runs on the standby, and whether it sees the category. */
const look: Operation<string, { isStandby: boolean; isSeen: boolean }> = async (em, slug) => {
  const [row] = await em.execute<{ isStandby: boolean; isSeen: boolean }[]>(
    `select pg_is_in_recovery() as "isStandby", exists (select from category where slug = ?) as "isSeen"`,
    [slug],
  );
  return row ?? { isStandby: false, isSeen: false };
};

const onStandby = { isStandby: true, isSeen: true };
const notYet = { isStandby: true, isSeen: false };
const onWriter = { isStandby: false, isSeen: true };

let slugs = 0;
const newCategory = () => ({ slug: `category-${slugs++}`, name: 'Category' });

test('a session reads its writes, from the writer while the reader is behind; others read what the reader has', async () => {
  await pauseReplay();
  const session = shop.session({});
  const category = newCategory();
  await session.catalog.createCategory(category);
  expect(await session.read(look, category.slug)).toEqual(onWriter);
  expect(await shop.session({}).read(look, category.slug)).toEqual(notYet);
  await standby.query('select pg_wal_replay_resume()');
  await expect.poll(() => session.read(look, category.slug)).toEqual(onStandby);
});

test('its position in a cookie does the same on another server', async () => {
  await pauseReplay();
  const session = shop.session({});
  const category = newCategory();
  await session.catalog.createCategory(category);
  const after = await session.position();
  expect(await otherServer.session({ after }).read(look, category.slug)).toEqual(onWriter);
  expect(await otherServer.session({}).read(look, category.slug)).toEqual(notYet);
  expect(await otherServer.session({ after }).position()).toBe(after);
});

test('the shop is a session by itself, and a later write is read after an earlier read', async () => {
  await pauseReplay();
  for (let count = 1; count <= 3; count++) {
    const category = newCategory();
    await shop.catalog.createCategory(category);
    expect(await shop.read(look, category.slug)).toEqual(onWriter);
  }
});

test('a write that failed after a commit is covered, too', async () => {
  await pauseReplay();
  const session = shop.session({});
  const category = newCategory();
  const failing = session.write(async (em) => {
    await em.transactional((em) =>
      em.execute(`insert into category (slug, name) values (?, 'x')`, [category.slug]),
    );
    throw new Error('after the commit');
  }, {});
  await expect(failing).rejects.toThrow('after the commit');
  expect(await session.read(look, category.slug)).toEqual(onWriter);
});

const nobody = '00000000-0000-7000-8000-000000000000';

const triedReads: { name: string; read: () => Promise<unknown>; code: string | undefined }[] = [
  { name: 'catalog.search', read: () => shop.catalog.search({ text: 'x' }), code: undefined },
  {
    name: 'catalog.product',
    read: () => shop.catalog.product({ handle: 'x', currency: 'EUR' }),
    code: 'product-not-found',
  },
  {
    name: 'catalog.prices',
    read: () => shop.catalog.prices({ variantIds: [nobody], currency: 'EUR' }),
    code: undefined,
  },
  {
    name: 'customers.export',
    read: () => shop.customers.export({ customerId: nobody }),
    code: 'customer-not-found',
  },
  {
    name: 'carts.quote',
    read: () => shop.carts.quote({ cartId: nobody, destination: { countryCode: 'US' } }),
    code: 'cart-not-open',
  },
  { name: 'orders.search', read: () => shop.orders.search(), code: undefined },
  {
    name: 'catalog.productToEdit',
    read: () => shop.catalog.productToEdit({ productId: nobody }),
    code: 'product-not-found',
  },
  { name: 'catalog.taxRates', read: () => shop.catalog.taxRates(), code: undefined },
  { name: 'carts.get', read: () => shop.carts.get({ cartId: nobody }), code: 'cart-not-open' },
  { name: 'orders.get', read: () => shop.orders.get({ orderId: nobody }), code: 'order-not-found' },
  { name: 'orders.taxes', read: () => shop.orders.taxes({ orderId: nobody }), code: 'order-not-found' },
  { name: 'promotions.list', read: () => shop.promotions.list(), code: undefined },
  {
    name: 'orders.proposeRefund',
    read: () => shop.orders.proposeRefund({ orderId: nobody }),
    code: 'order-not-found',
  },
  { name: 'orders.creditNotes', read: () => shop.orders.creditNotes({ orderId: nobody }), code: undefined },
  { name: 'returns.list', read: () => shop.returns.list({ orderId: nobody }), code: undefined },
  {
    name: 'orders.quoteEdit',
    read: () => shop.orders.quoteEdit({ orderId: nobody, changes: [{ lineId: nobody, quantity: 0 }] }),
    code: 'order-not-found',
  },
  { name: 'events.listSetAside', read: () => shop.events.listSetAside(), code: undefined },
];

// What writes is refused on the reader, as on the writer in a read-only transaction.
test.each(triedReads)('$name runs on a reader', async ({ read, code }) => {
  const outcome = read().then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
  expect(await outcome).toBe(code);
});

test('the reads of the table are those that are tried on a reader', () => {
  const table = shopOperations({ payments: [], shipping: noCharges, tax: noCharges });
  const reads = Object.entries(table).flatMap(([domain, entries]) =>
    Object.entries(entries).flatMap(([name, entry]) =>
      Object(entry).mode === 'read' ? [`${domain}.${name}`] : [],
    ),
  );
  expect(reads.toSorted()).toEqual(triedReads.map(({ name }) => name).toSorted());
});

test('a session that has written nothing asks the writer for nothing', async () => {
  const session = shop.session({});
  expect(await session.position()).toBeUndefined();
  expect(await session.read(look, 'none')).toEqual(notYet);
});

test.each([{ after: '' }, { after: '0/x' }, { after: "0/1'; drop" }])(
  'a forged position $after is refused by a UserError, when the session begins',
  ({ after }) => {
    expect(() => shop.session({ after })).toThrow(expect.objectContaining({ code: 'invalid-lsn' }));
  },
);

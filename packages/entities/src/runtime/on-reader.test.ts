import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopTemplate } from '../../test/shop-database.ts';
import {
  Category,
  commitLsn,
  onReader,
  ormOptions,
  Product,
  type ProductSearch,
  searchProducts,
} from '../index.ts';

let directory: string;
let cluster: Cluster;
let orm: MikroORM;
let standby: Client;

const onStandby = (sql: string) => standby.query(sql);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'on-reader-'));
  await chmod(directory, 0o711);
  cluster = await startCluster({ directory, settings: { fsync: 'off' } });
  await cluster.createDatabase('shop');
  const url = Object.assign(new URL(cluster.adminUrl), { pathname: '/shop' });
  await shopTemplate.prepare(url.href);
  const reader = new URL(url);
  reader.port = String(cluster.standbys[0]?.port);
  orm = await MikroORM.init({
    ...ormOptions({ url: url.href, readerUrl: reader.href }),
    logger: () => undefined,
  });
  standby = new Client({ connectionString: reader.href });
  await standby.connect();
});

afterAll(async () => {
  await orm?.close(true);
  await standby?.end();
  await removeCluster(directory);
  await rm(directory, { recursive: true, force: true });
});

/** From here on the standby replays nothing, until it resumes. */
async function pauseReplay(): Promise<void> {
  await onStandby('select pg_wal_replay_pause()');
  while ((await onStandby('select pg_get_wal_replay_pause_state() as state')).rows[0].state !== 'paused');
}

/** Which server it ran on, and how many categories it saw. */
const look = async (em: EntityManager, parent: string | null = null) => {
  const [row] = await em.execute<{ standby: boolean }[]>('select pg_is_in_recovery() as standby');
  return { standby: row?.standby, categories: await em.count(Category, { parent }) };
};

let slugs = 0;
async function addCategory(): Promise<string> {
  const em = orm.em.fork();
  em.create(Category, { slug: `category-${slugs++}`, name: 'Category' });
  await em.flush();
  return await commitLsn(orm.em);
}

test('reads run on the standby, with raw SQL and with entities, and see earlier writes', async () => {
  for (let count = 1; count <= 5; count++) {
    const after = await addCategory();
    expect(await onReader(orm.em, look, null, { after, maxWaitMs: 20_000 })).toEqual({
      standby: true,
      categories: count,
    });
  }
});

/** Which server it ran on, and the titles that it found. */
const searchSomewhere = async (em: EntityManager, input: ProductSearch) => {
  const [row] = await em.execute<{ standby: boolean }[]>('select pg_is_in_recovery() as standby');
  const { products, match, next } = await searchProducts(em, input);
  return { standby: row?.standby, match, next, titles: products.map(({ title }) => title) };
};

async function addProduct(title: string): Promise<string> {
  const em = orm.em.fork();
  em.create(Product, { handle: title.toLowerCase().replaceAll(' ', '-'), title, status: 'active' });
  await em.flush();
  return await commitLsn(orm.em);
}

test('a search runs on the standby, page by page and by spelling, and finds what was just written', async () => {
  await addProduct('Linen shirt');
  const after = await addProduct('Linen coat');
  const find = (input: ProductSearch) =>
    onReader(orm.em, searchSomewhere, input, { after, maxWaitMs: 20_000 });
  const first = await find({ text: 'linen', sort: 'newest', limit: 1, facets: {} });
  expect(first).toMatchObject({ standby: true, match: 'words', titles: ['Linen coat'] });
  const second = await find({ text: 'linen', sort: 'newest', limit: 1, cursor: first.next });
  expect(second).toMatchObject({ standby: true, titles: ['Linen shirt'], next: undefined });
  // In a transaction of its own, with a setting: a savepoint of the read-only one.
  expect(await find({ text: 'linnen coad' })).toMatchObject({
    standby: true,
    match: 'spelling',
    titles: ['Linen coat'],
  });
});

test('a search after a write runs on the writer while the standby is behind', async () => {
  await pauseReplay();
  const after = await addProduct('Velvet hat');
  const find = (lsn?: string) =>
    onReader(orm.em, searchSomewhere, { text: 'velvet' }, { after: lsn, maxWaitMs: 20 });
  expect(await find()).toMatchObject({ standby: true, titles: [] });
  expect(await find(after)).toMatchObject({ standby: false, titles: ['Velvet hat'] });
  await onStandby('select pg_wal_replay_resume()');
});

test('a write is refused, and not done on the writer instead', async () => {
  const writes = (em: EntityManager) => em.execute(`insert into price_list (code, name) values ('x', 'X')`);
  // The writer refuses it too: the transaction there is read-only.
  await expect(onReader(orm.em, writes, null)).rejects.toMatchObject({ code: '25006' });
});

test('while the standby is behind, a read with a token runs on the writer, and one without on the standby', async () => {
  await pauseReplay();
  const before = await onReader(orm.em, look, null);
  const after = await addCategory();
  expect(await onReader(orm.em, look, null)).toEqual({ standby: true, categories: before.categories });
  expect(await onReader(orm.em, look, null, { after, maxWaitMs: 20 })).toEqual({
    standby: false,
    categories: before.categories + 1,
  });
  await onStandby('select pg_wal_replay_resume()');
  expect(await onReader(orm.em, look, null, { after, maxWaitMs: 20_000 })).toEqual({
    standby: true,
    categories: before.categories + 1,
  });
});

test('an abort ends the wait', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(onReader(orm.em, look, null, { after: 'F/0', signal })).rejects.toThrow('enough');
});

test('an invalid position is refused', async () => {
  await expect(onReader(orm.em, look, null, { after: 'x' })).rejects.toMatchObject({ code: 'invalid-lsn' });
});

test('without a reader, or with one that cannot be reached, it reads from the writer', async () => {
  const { url, readerUrl } = { url: cluster.adminUrl, readerUrl: 'postgres://postgres@127.0.0.1:1/postgres' };
  const isStandby = async (em: EntityManager) =>
    (await em.execute('select pg_is_in_recovery() as standby'))[0];
  for (const settings of [{ url }, { url, readerUrl }]) {
    const other = await MikroORM.init({ ...ormOptions(settings), logger: () => undefined });
    expect(await onReader(other.em, isStandby, null)).toEqual({ standby: false });
    await other.close(true);
  }
});

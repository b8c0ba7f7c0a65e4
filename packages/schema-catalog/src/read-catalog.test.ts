import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@ecommerce-dms/local-rds';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { fixture, fixtureRoles } from '../test/fixture.ts';
import { compareCatalogs } from './compare.ts';
import { readCatalog, readCatalogOf } from './read-catalog.ts';

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

async function openFixture(): Promise<{ url: string; client: Client }> {
  const { url, drop } = await createTestDatabase();
  const client = await connect(url);
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  await client.query(fixtureRoles);
  await client.query(fixture);
  return { url, client };
}

/** Other tests change the roles of the same cluster. */
const only = ({ kind }: { kind: string }): boolean =>
  !['role', 'membership', 'parameter', 'tablespace'].includes(kind);

test('a role without any rights, and any settings of the session, see the same', async () => {
  const { url, client } = await openFixture();
  const all = await readCatalog(url);
  await client.query(`
    set role catalog_test_reader;
    set search_path = public; set datestyle = 'German'; set timezone = 'Asia/Tokyo'; set intervalstyle = iso_8601;
    set quote_all_identifiers = on; set extra_float_digits = -5; set bytea_output = escape; set row_security = off`);
  const poor = await readCatalogOf(client);
  expect(poor.unread).toEqual([]);
  expect(compareCatalogs(all, poor, { only })).toEqual([]);
  const { rows } = await client.query('show search_path');
  expect(rows).toEqual([{ search_path: 'public' }]);
});

test('a hot standby says the same as its writer', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'catalog-standby-'));
  const cluster = await startCluster({ directory: join(directory, 'cluster'), standbys: 1 });
  onTestFinished(async () => {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  });
  await cluster.createDatabase('shop');
  const url = (port: number, database = 'shop'): string =>
    Object.assign(new URL(cluster.adminUrl), { port: String(port), pathname: `/${database}` }).href;
  const standbyPort = cluster.standbys[0]?.port ?? 0;
  const client = await connect(url(cluster.writer.port));
  await client.query(fixtureRoles);
  await client.query(fixture);
  const { rows } = await client.query('select pg_current_wal_lsn() as lsn');
  await client.end();
  // Until it has replayed that, it does not even have the database.
  const standby = await connect(url(standbyPort, 'postgres'));
  await expect
    .poll(
      async () => (await standby.query('select pg_last_wal_replay_lsn() >= $1 as done', [rows[0].lsn])).rows,
      { timeout: 30_000 },
    )
    .toEqual([{ done: true }]);
  await standby.end();
  const there = await readCatalog(url(standbyPort));
  const here = await readCatalog(url(cluster.writer.port));
  expect(here.facts.size).toBeGreaterThan(100);
  expect(compareCatalogs(here, there)).toEqual([]);
});

test('what is created and dropped meanwhile does not fail it', async () => {
  const { url, client } = await openFixture();
  const other = (async () => {
    for (let round = 0; round < 60; round++) {
      await client.query(
        'create table gone (id serial primary key, note text check (note <> $$$$)); create view gone_view as select * from gone',
      );
      await client.query('drop table gone cascade');
    }
  })();
  for (let round = 0; round < 5; round++) {
    const { facts } = await readCatalog(url);
    expect(facts.has('table public.item')).toBe(true);
  }
  await other;
});

test('the value of what is named as a secret is hidden, and said to be', async () => {
  const { url, client } = await openFixture();
  await client.query(`
    alter table item set (fillfactor = 90);
    do $$ begin
      execute format('alter database %I set app.jwt_secret = %L', current_database(), 'hunter3');
    end $$`);
  const { facts, unread } = await readCatalog(url);
  expect(facts.get('database (this)')?.attributes).toMatchObject({ 'setting app.jwt_secret': '(hidden)' });
  expect(unread).toEqual([
    expect.stringMatching(/^the value of setting app\.jwt_secret of database \(this\) is hidden$/),
  ]);
  expect(JSON.stringify([...facts.values()])).not.toContain('hunter3');
});

test('a URL that is none is refused', async () => {
  await expect(readCatalog('nonsense')).rejects.toMatchObject({ code: 'invalid-database-url' });
  await expect(readCatalog('postgres://nobody@127.0.0.1:1/nowhere')).rejects.toMatchObject({
    code: 'database-unreachable',
  });
});

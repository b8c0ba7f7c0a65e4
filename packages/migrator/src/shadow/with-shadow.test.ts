import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { column, openClient, openDatabase, openMigrator } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';
import { withShadow } from './with-shadow.ts';

const shadows = `select datname from pg_database where datname like 'dms_shadow_%'`;
const history = [
  migration('M1', ['create table item (id int primary key)']),
  migration('M2', ['create index concurrently item_id on item (id)']),
];

async function driverOn(url: string, list = history) {
  return (await openMigrator(url, list))['driver'];
}

async function tablesOf(session: object): Promise<unknown[]> {
  const client = new Client(session);
  await client.connect();
  try {
    return await column(
      client,
      `select relname from pg_class where relnamespace = 'public'::regnamespace order by 1`,
    );
  } finally {
    await client.end();
  }
}

test('the migrations run in a database beside the project, which stays as it is', async () => {
  const { url, client } = await openDatabase();
  const driver = await driverOn(url);
  const name = await withShadow(driver, {}, async ({ session, replay }) => {
    await replay(['M1']);
    expect(await tablesOf(session)).toEqual(expect.not.arrayContaining(['item_id']));
    await replay();
    expect(await tablesOf(session)).toEqual(expect.arrayContaining(['item', 'item_id']));
    return session.database;
  });
  expect(await column(client, `select count(*)::int from pg_class where relname like 'item%'`)).toEqual([0]);
  expect(await column(client, shadows)).not.toContain(name);
});

test('it has the encoding and the locale of the database, and is dropped when the work in it fails', async () => {
  const { url, client } = await openDatabase();
  const locale = `select concat_ws(' ', encoding, datcollate, datctype, datlocprovider) from pg_database where datname = current_database()`;
  const wanted = await column(client, locale);
  let name: string | undefined;
  const failing = withShadow(await driverOn(url), {}, async ({ orm, session }) => {
    name = session.database;
    const [row] = await orm.em.getConnection().execute(locale);
    expect(Object.values(row ?? {})).toEqual(wanted);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(name).toMatch(/^dms_shadow_/);
  expect(await column(client, shadows)).not.toContain(name);
});

test('another server, with SQL of its own first', async () => {
  const { url } = await openDatabase();
  const other = await openDatabase();
  const list = [migration('M1', ['alter table before_all add note text'])];
  await withShadow(
    await driverOn(url, list),
    { shadowUrl: other.url, shadowSql: 'create table before_all (id int)' },
    async ({ session, replay }) => {
      await replay();
      expect(await tablesOf(session)).toContain('before_all');
    },
  );
  await expect(
    withShadow(await driverOn(url, list), { shadowSql: 'create tabel' }, async () => {}),
  ).rejects.toMatchObject({ code: 'invalid-settings', message: expect.stringContaining('syntax error') });
});

test('a role that may not create databases is told what to do', async () => {
  const { url, client } = await openDatabase();
  const role = `no_databases_${process.pid}`;
  await client.query(`create role ${role} login password 'secret'`);
  onTestFinished(async () => {
    const last = await openClient(url);
    await last.query(`drop role ${role}`);
  });
  const poor = Object.assign(new URL(url), { username: role, password: 'secret' }).href;
  await expect(withShadow(await driverOn(poor), {}, async () => {})).rejects.toMatchObject({
    code: 'shadow-refused',
    hint: expect.stringContaining('--shadow-url'),
  });
  // Following the hint.
  await withShadow(await driverOn(poor), { shadowUrl: url }, ({ replay }) => replay());
});

test('what reaches beyond the database is not replayed on the server of the project', async () => {
  const { url, client } = await openDatabase();
  const role = `replayed_${process.pid}`;
  const driver = await driverOn(url, [
    migration('M1', [`create role ${role}; alter system set work_mem = '5MB'`]),
  ]);
  await expect(withShadow(driver, {}, ({ replay }) => replay())).rejects.toMatchObject({
    code: 'migrations-refused',
    message: expect.stringMatching(/roles[^]*settings of the server/),
  });
  expect(await column(client, `select count(*)::int from pg_roles where rolname = '${role}'`)).toEqual([0]);
});

test('what a killed run has left is dropped after an hour, and nothing else', async () => {
  const { url, client } = await openDatabase();
  const old = 'dms_shadow_1700000000_0123abcd';
  const foreign = 'dms_shadow_1700000000_0123abce';
  for (const name of [old, foreign]) await client.query(`create database ${name}`);
  onTestFinished(async () => {
    await (await openClient(url)).query(`drop database if exists ${foreign}`);
  });
  await client.query(`comment on database ${old} is 'Throwaway database of @ecommerce-dms/migrator.'`);
  await withShadow(await driverOn(url), {}, async () => {});
  expect(
    (await column(client, shadows)).filter((each) => String(each).startsWith('dms_shadow_17000')),
  ).toEqual([foreign]);
});

test('a connection string of the driver leads to the shadow, too', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, history, {
    driverOptions: { connectionString: url },
  });
  await withShadow(migrator['driver'], {}, async ({ orm }) => {
    const rows = await orm.em
      .getConnection()
      .execute<{ name: string }[]>('select current_database() as name');
    expect(rows[0]?.name).toMatch(/^dms_shadow_/);
  });
});

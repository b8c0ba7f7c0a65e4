import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, createLogin, failure, openDatabase, openMigrator, states, until } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const list = [migration('Migration1', ['create table item (id int)'], ['drop table item'])];

test('the role that the login role switches to owns what is created, and an abort works', async () => {
  const { url, client } = await openDatabase();
  const [owner, login] = [`owner_${client.database}`, `migrator_${client.database}`];
  const loginUrl = await createLogin(client, url, login);
  await client.query(`create role ${owner}; grant ${owner} to ${login};
    alter role ${login} set role ${owner}; grant create on schema public to ${owner}`);
  const sleeper = migration('Migration2', ['select pg_sleep(60)']);
  const migrator = await openMigrator(loginUrl, [...list, sleeper]);
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(
    client,
    `exists (select from pg_stat_activity where usename = '${login}' and query = 'select pg_sleep(60)')`,
  );
  controller.abort();
  expect((await run).code).toBe('migration-interrupted');
  const owners = `select distinct tableowner from pg_tables where tablename in ('item', 'migration_ledger')`;
  expect(await column(client, owners)).toEqual([owner]);
  expect((await migrator.info())[0]?.executedBy).toBe(login);
  await client.query(`drop owned by ${owner}; drop role ${owner}, ${login}`);
});

test('the ledger is in the schema of the ORM, or in the one of its name', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, list, { schema: 'shop' })).up();
  expect(await column(client, `select to_regclass('shop.migration_ledger')::text`)).toEqual([
    'shop.migration_ledger',
  ]);
  const other = await openMigrator(url, [migration('Migration2', ['select 1'])], {
    migrations: { tableName: 'meta.done' },
  });
  await other.up();
  expect(await column(client, 'select name from meta.done')).toEqual(['Migration2']);
});

test('each schema of a run has its own ledger', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, list);
  for (const schema of ['Tenant1', 'tenant2']) expect(await migrator.up({ schema })).toHaveLength(1);
  expect(
    await column(client, `select schemaname from pg_tables where tablename = 'item' order by 1`),
  ).toEqual(['Tenant1', 'tenant2']);
  expect(await migrator.info()).toMatchObject([{ state: 'pending' }]);
  expect(await migrator.info({ schema: 'tenant2' })).toMatchObject([{ state: 'applied' }]);
  await migrator.down({ schema: 'tenant2' });
  expect(await migrator.info({ schema: 'Tenant1' })).toMatchObject([{ state: 'applied' }]);
  expect(await states(migrator)).toEqual(['Migration1 pending']);
});

test('a session that ends in the middle of a statement is reported, and the next run continues', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [...list, migration('Migration2', ['select pg_sleep(0.5)'])]);
  const run = failure(migrator.up());
  const sleeping = `from pg_stat_activity where query = 'select pg_sleep(0.5)' and datname = current_database()`;
  await until(client, `exists (select ${sleeping})`);
  await client.query(`select pg_terminate_backend(pid) ${sleeping}`);
  const { code, message } = await run;
  expect(code).toBe('migration-failed');
  expect(message).toContain('terminating connection due to administrator command');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
});

test('no session is left behind', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, list);
  await migrator.up();
  await failure((await openMigrator(url, [...list, migration('Migration2', ['wrong'])])).up());
  const sessions = `select count(*)::int from pg_stat_activity where application_name = 'dms-migrator' and datname = current_database()`;
  // A backend needs a moment to end.
  await expect.poll(() => column(client, sessions)).toEqual([0]);
});

class Asks extends Migration {
  override async up() {
    await this.execute('select pg_sleep(60)');
  }
}

test.each([
  { kind: 'in a transaction', sleeper: migration('Migration1', ['select pg_sleep(60)']) },
  { kind: 'of its own queries', sleeper: { name: 'Migration1', class: Asks } },
  { kind: 'outside a transaction', sleeper: migration('Migration1', ['vacuum', 'select pg_sleep(60)']) },
])('a lost session $kind is told as such, and the migration is not blamed', async ({ sleeper }) => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [sleeper]);
  const run = failure(migrator.up());
  const sleeping = `from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  await until(client, `exists (select ${sleeping})`);
  await client.query(`select pg_terminate_backend(pid) ${sleeping}`);
  const { code, hint } = await run;
  expect(code).toBe('migration-failed');
  expect(hint).toContain('The session was lost, and the migration is not to blame');
  expect(hint).toContain('Run it again: `npx @ecommerce-dms/migrator up`');
});

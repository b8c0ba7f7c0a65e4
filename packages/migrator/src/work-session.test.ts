import { expect, test } from 'vitest';
import { column, createLogin, openDatabase, openMigrator } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

/** A migration that records the process of its session, after what it does to it. */
const visit = (n: number, ...statements: string[]) =>
  migration(`Migration${n}`, [...statements, 'insert into visit values (pg_backend_pid())']);
const createTable = migration('Migration0', ['create table visit (pid int)']);

test('a run has one session, and nothing of a migration is left in it for the next one', async () => {
  const { url, client } = await openDatabase();
  const role = `app_${client.database}`;
  await client.query(`create role ${role}; grant all on schema public to ${role}`);
  const migrator = await openMigrator(url, [
    createTable,
    visit(
      1,
      `grant all on visit to ${role}`,
      'create temporary table visit2 (id int)',
      'prepare query as select 1',
      'declare leaf cursor with hold for select 1',
      'listen news',
      'select pg_advisory_lock(7)',
      `set work_mem = '1MB'`,
      `set search_path = pg_catalog, public`,
      `set role ${role}`,
    ),
    visit(
      2,
      `create table left_over as
         select 'temporary table' as what from pg_class where relname = 'visit2'
         union all select 'prepared' from pg_prepared_statements
         union all select 'cursor' from pg_cursors where is_holdable
         union all select 'listens' from pg_listening_channels()
         union all select 'lock' from pg_locks where locktype = 'advisory' and objid = 7 and pid = pg_backend_pid()
         union all select 'work_mem' from pg_settings where name = 'work_mem' and setting = '1024'
         union all select 'search_path' from current_schemas(false) s where s[1] = 'pg_catalog'
         union all select 'role' where current_user = '${role}'`,
      `create table is_ready as select current_setting('lock_timeout') as lock_timeout,
         current_setting('client_connection_check_interval') as check_interval,
         current_setting('tcp_keepalives_idle') as keepalives_idle,
         (select count(*)::int from pg_locks where locktype = 'advisory' and objid = 2 and pid = pg_backend_pid()) as locks`,
    ),
  ]);
  await migrator.up({ ddlLockAttemptMs: 50 });
  expect(await column(client, 'select count(distinct pid)::int from visit')).toEqual([1]);
  expect(await column(client, 'select what from left_over')).toEqual([]);
  expect((await client.query('select * from is_ready')).rows).toEqual([
    { lock_timeout: '50ms', check_interval: '1s', keepalives_idle: '30', locks: 1 },
  ]);
  await client.query(`drop owned by ${role}; drop role ${role}`);
});

test('the role that the login role switches to is that of every migration', async () => {
  const { url, client } = await openDatabase();
  const [owner, login] = [`owner_${client.database}`, `migrator_${client.database}`];
  const loginUrl = await createLogin(client, url, login);
  await client.query(`create role ${owner}; grant ${owner} to ${login};
    alter role ${login} set role ${owner}; grant create on schema public to ${owner}`);
  const migrator = await openMigrator(loginUrl, [
    createTable,
    visit(1),
    visit(2, 'create table last (id int)'),
  ]);
  await migrator.up();
  expect(
    await column(client, `select distinct tableowner from pg_tables where schemaname = 'public'`),
  ).toEqual([owner]);
  expect(await column(client, 'select count(distinct pid)::int from visit')).toEqual([1]);
  await client.query(`drop owned by ${owner}; drop role ${owner}, ${login}`);
});

test('a session that the options of the ORM prepare is not cleaned but replaced', async () => {
  const { url, client } = await openDatabase();
  const setting = `insert into note values (current_setting('app.tenant'))`;
  const migrator = await openMigrator(
    url,
    [createTable, visit(1, 'create table note (tenant text)', setting), visit(2, setting)],
    {
      onCreateConnection: async (connection) => {
        const { executeQuery } = connection as { executeQuery: (query: object) => Promise<unknown> };
        await executeQuery.call(connection, { sql: `set app.tenant = 'seven'`, parameters: [] });
      },
    },
  );
  await migrator.up();
  expect(await column(client, 'select tenant from note')).toEqual(['seven', 'seven']);
  expect(await column(client, 'select count(distinct pid)::int from visit')).toEqual([2]);
});

test('a library that a migration loads does not stay for the next one', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [createTable, visit(1, `load 'plpgsql'`), visit(2)]);
  await migrator.up();
  expect(await column(client, 'select count(distinct pid)::int from visit')).toEqual([2]);
});

test('a session that callbacks keep idle is not ended by the server', async () => {
  const { url, client } = await openDatabase();
  await client.query(`alter database ${client.database} set idle_session_timeout = '200ms'`);
  const migrator = await openMigrator(url, [createTable, visit(1)]);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 600));
  expect(await migrator.up({ callbacks: { afterEach: pause } })).toHaveLength(2);
});

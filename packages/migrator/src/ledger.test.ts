import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { column, createLogin, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

/** A role that may create tables in `public` and nothing else; the function removes it. */
async function createRole(client: Client): Promise<{ role: string; remove: () => Promise<unknown> }> {
  const role = `app_${client.database}`;
  await client.query(`create role ${role}; grant create on schema public to ${role}`);
  return { role, remove: () => client.query(`drop owned by ${role}; drop role ${role}`) };
}

const owners = `select tablename || ' ' || tableowner from pg_tables where schemaname = 'public' and tablename <> 'migration_ledger' order by 1`;

test('a role that a migration sets owns what it creates, and the ledger is written all the same', async () => {
  const { url, client } = await openDatabase();
  const { role, remove } = await createRole(client);
  const migrator = await openMigrator(url, [
    migration(
      'Migration1',
      [`set role ${role}`, 'create table t1 (id int)'],
      [`set role ${role}`, 'drop table t1'],
    ),
    migration(
      'Migration2',
      [`set role ${role}`, 'create table t2 (id int)', 'vacuum t2', 'create table t3 (id int)'],
      [`set role ${role}`, 'drop table t2', 'vacuum pg_class', 'drop table t3'],
    ),
    migration('Migration3', ['create table t4 (id int)'], ['drop table t4']),
  ]);
  expect(await migrator.up()).toHaveLength(3);
  expect(await column(client, owners)).toEqual([`t1 ${role}`, `t2 ${role}`, `t3 ${role}`, 't4 postgres']);
  expect(await migrator.down({ to: 0 })).toHaveLength(3);
  expect(await column(client, owners)).toEqual([]);
  await remove();
});

test('a stepwise migration that sets a role resumes with it', async () => {
  const { url, client } = await openDatabase();
  const { role, remove } = await createRole(client);
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      `set role ${role}`,
      'vacuum pg_type',
      'insert into missing values (1)',
      'create table t1 (id int)',
    ]),
  ]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migration-failed');
  expect(message).toContain('at statement 3 of 4');
  expect(await states(migrator)).toEqual(['Migration1 failed']);
  await client.query(`create table missing (id int); grant insert on missing to ${role}`);
  await migrator.up();
  expect(await column(client, owners)).toEqual(['missing postgres', `t1 ${role}`]);
  await remove();
});

test('functions that a search path puts before those of the system do not reach the ledger', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      'create schema other',
      `create function other.now() returns timestamptz language sql as $$ select timestamptz '1999-01-01' $$`,
      'set search_path = other, pg_catalog',
      'create table migration_ledger (id int)',
      'vacuum migration_ledger',
    ]),
  ]);
  await migrator.up();
  expect(await column(client, `select executed_at > '2000-01-01' from public.migration_ledger`)).toEqual([
    true,
  ]);
  expect(await column(client, 'select count(*)::int from other.migration_ledger')).toEqual([0]);
});

test('a ledger whose rows alone were restored goes on', async () => {
  const { url, client } = await openDatabase();
  const list = [1, 2, 3].map((n) => migration(`Migration${n}`, [`create table t${n} (id int)`]));
  const migrator = await openMigrator(url, list);
  await migrator.up({ to: 'Migration2' });
  await client.query(`create temp table saved as select * from migration_ledger; delete from migration_ledger;
    insert into migration_ledger select * from saved`);
  expect(await migrator.up()).toEqual([{ name: 'Migration3' }]);
  expect(await column(client, 'select id from migration_ledger order by id')).toEqual([1, 2, 3]);
});

describe('a ledger that cannot be written is told as such, and the SQL of the hint helps', () => {
  const statement = (hint: string): string => /: (.*?;)/.exec(hint)?.[1] ?? 'no SQL';

  test('no right to the table', async () => {
    const { url, client } = await openDatabase();
    const list = [1, 2].map((n) => migration(`Migration${n}`, [`create table t${n} (id int)`]));
    await (await openMigrator(url, list)).up({ to: 'Migration1' });
    const login = `app_${client.database}`;
    const loginUrl = await createLogin(client, url, login);
    await client.query(
      `grant create on schema public to ${login}; grant select on migration_ledger to ${login}`,
    );
    const migrator = await openMigrator(loginUrl, list);
    const { code, message, hint } = await failure(migrator.up());
    expect(code).toBe('ledger-unwritable');
    expect(message).toContain('Migration Migration2 (up) could not be recorded.');
    expect(message).toContain(
      'The ledger "public"."migration_ledger" could not be written: permission denied',
    );
    expect(message).toContain('nothing of this migration was applied');
    await client.query(statement(hint));
    expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
    await client.query(`drop owned by ${login}; drop role ${login}`);
  });

  test('no right to the table, in the transaction of a decision', async () => {
    const { url, client } = await openDatabase();
    const list = [1, 2].map((n) => migration(`Migration${n}`, [`create table t${n} (id int)`]));
    await (await openMigrator(url, list)).up({ to: 'Migration1' });
    const login = `app_${client.database}`;
    const migrator = await openMigrator(await createLogin(client, url, login), list);
    const repair = () => migrator.repair({ forget: ['Migration1'] });
    const unreadable = await failure(repair());
    expect(unreadable.code).toBe('ledger-unreadable');
    await client.query(/`(grant .*)`/.exec(unreadable.hint)?.[1] ?? unreadable.hint);
    const unwritable = await failure(repair());
    expect(unwritable.code).toBe('ledger-unwritable');
    await client.query(statement(unwritable.hint));
    expect(await repair()).toEqual([{ name: 'Migration1', decision: 'forget' }]);
    await client.query(`drop owned by ${login}; drop role ${login}`);
  });

  test('no right to create the table, nor its schema', async () => {
    const { url, client } = await openDatabase();
    const login = `app_${client.database}`;
    const loginUrl = await createLogin(client, url, login);
    for (const tableName of ['migration_ledger', 'meta.done']) {
      const migrator = await openMigrator(loginUrl, [migration('Migration1', ['select 1'])], {
        migrations: { tableName },
      });
      const { code, hint } = await failure(migrator.up());
      expect(code).toBe('ledger-unwritable');
      await client.query(statement(hint));
      expect(await migrator.up()).toEqual([{ name: 'Migration1' }]);
      await client.query(`drop table ${tableName}`);
    }
    await client.query(`drop owned by ${login}; drop role ${login}`);
  });

  test('a transaction that is read only', async () => {
    const { url, client } = await openDatabase();
    const login = `app_${client.database}`;
    const loginUrl = await createLogin(client, url, login);
    await client.query(
      `grant create on schema public to ${login}; alter role ${login} set default_transaction_read_only = on`,
    );
    const migrator = await openMigrator(loginUrl, [migration('Migration1', ['select 1'])]);
    const { code, hint } = await failure(migrator.up());
    expect(code).toBe('ledger-unwritable');
    await client.query(statement(hint.replace(/^.*with /, 'Run: ')));
    const next = await openMigrator(loginUrl, [migration('Migration1', ['select 1'])]);
    expect(await next.up()).toEqual([{ name: 'Migration1' }]);
    await client.query(`drop owned by ${login}; drop role ${login}`);
  });

  test('a migration that makes its transaction read only', async () => {
    const { url } = await openDatabase();
    const migrator = await openMigrator(url, [
      migration('Migration1', ['set transaction read only', 'select 1']),
    ]);
    const { code, message } = await failure(migrator.up());
    expect(code).toBe('ledger-unwritable');
    expect(message).toContain('cannot execute UPDATE in a read-only transaction');
  });
});

describe('a ledger that is not as this version writes it is refused, by what only looks, too', () => {
  const list = [1, 2].map((n) => migration(`Migration${n}`, [`create table t${n} (id int)`]));
  const drop = (column: string): string =>
    `alter table migration_ledger drop constraint migration_ledger_${column}`;

  test.each([
    {
      what: 'a state and a kind of a newer version',
      sql: `${drop('state_check')}; ${drop('kind_check')}; update migration_ledger set state = 'paused', kind = 'phase'`,
      message: 'Migration1 has the kind "phase"\n- Migration1 has the state "paused"',
    },
    {
      what: 'a state that is null',
      sql: 'alter table migration_ledger alter state drop not null; update migration_ledger set state = null',
      message: 'Migration1 has the state null',
    },
    {
      what: 'rows twice',
      sql: `${drop('pkey')}; ${drop('name_key')}; insert into migration_ledger select * from migration_ledger`,
      message: 'Migration1 is there 2 times',
    },
    {
      what: 'columns that are missing',
      sql: 'alter table migration_ledger drop sources, drop replaces',
      message: 'it lacks replaces, sources',
    },
  ])('$what', async ({ sql, message }) => {
    const { url, client } = await openDatabase();
    const migrator = await openMigrator(url, list);
    await migrator.up({ to: 'Migration1' });
    await client.query(sql);
    for (const use of [() => migrator.info(), () => migrator.up(), () => migrator.down()]) {
      expect(await failure(use())).toMatchObject({
        code: 'ledger-damaged',
        message: expect.stringContaining(message),
      });
    }
    expect(await column(client, `select to_regclass('t2')::text`)).toEqual([null]);
  });
});

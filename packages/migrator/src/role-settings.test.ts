import { expect, test } from 'vitest';
import { column, createLogin, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const migrations = [
  migration('Migration1', [
    'create table item (id int primary key, name text)',
    `insert into item values (1, 'a')`,
  ]),
  migration('Migration2', [
    'create index concurrently item_name on item (name)',
    'alter table item add note text',
  ]),
  migration('Migration3', ['alter table item alter name set not null', `update item set note = 'b'`]),
];

test.each([
  { setting: 'lock_timeout', value: '1ms' },
  { setting: 'statement_timeout', value: '1s' },
  { setting: 'search_path', value: 'nowhere, public' },
  { setting: 'default_transaction_isolation', value: 'repeatable read' },
  { setting: 'default_transaction_isolation', value: 'serializable' },
  { setting: 'default_transaction_deferrable', value: 'on' },
  { setting: 'idle_in_transaction_session_timeout', value: '500ms' },
  { setting: 'idle_session_timeout', value: '500ms' },
  { setting: 'deadlock_timeout', value: '10ms' },
  { setting: 'standard_conforming_strings', value: 'off' },
  { setting: 'DateStyle', value: 'SQL, DMY' },
  { setting: 'TimeZone', value: 'Asia/Kathmandu' },
  { setting: 'session_replication_role', value: 'replica' },
  { setting: 'enable_seqscan', value: 'off' },
])('with $setting = $value of the database a run applies and reverts', async ({ setting, value }) => {
  const { url, client } = await openDatabase();
  const list = setting === 'search_path' ? value : `'${value}'`;
  await client.query(`alter database ${client.database} set ${setting} = ${list}`);
  const migrator = await openMigrator(url, migrations);
  expect(await migrator.up()).toHaveLength(3);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied', 'Migration3 applied']);
  expect(await column(client, 'select note from public.item')).toEqual(['b']);
  expect((await migrator.validate()).map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same']);
});

test('a database that is read-only by default is refused, nothing is recorded, and the hint helps', async () => {
  const { url, client } = await openDatabase();
  const role = `migrator_${client.database}`;
  const login = await createLogin(client, url, role);
  await client.query(`grant create on schema public to ${role}`);
  await client.query(`alter database ${client.database} set default_transaction_read_only = on`);
  const { code, hint } = await failure((await openMigrator(login, migrations)).up());
  expect(code).toBe('ledger-unwritable');
  expect(await column(client, `select to_regclass('public.item')::text`)).toEqual([null]);
  await client.query(/alter role "?migrator_.* = off/.exec(hint)?.[0] ?? hint);
  expect(await (await openMigrator(login, migrations)).up()).toHaveLength(3);
});

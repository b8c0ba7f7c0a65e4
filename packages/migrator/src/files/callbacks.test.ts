import { expect, test } from 'vitest';
import { column, failure, openDatabase, states } from '../../test/fixtures.ts';
import { folderOf, migratorOf, writeFiles } from '../../test/folder.ts';
import type { Callbacks } from './callback.ts';

const names = ['beforeUp', 'beforeEach', 'afterEach', 'afterUp', 'onError'] as const;
const files = {
  'M1.sql': 'create table item (id int)',
  'M1.down.sql': 'drop table item',
  'M2.sql': 'insert into item values (1)',
  'M2.down.sql': 'delete from item',
  'repeatable/view.sql': 'create or replace view item_view as select * from item',
};

/** Callbacks that note their names and migrations. */
function noting(calls: string[]): Callbacks {
  return Object.fromEntries(
    names.map(
      (name) =>
        [
          name,
          ({ migration = '', direction, error }) => {
            calls.push(
              `${name} ${direction} ${migration}${error === undefined ? '' : ` ${String(error).slice(0, 30)}`}`.trim(),
            );
          },
        ] satisfies [string, Callbacks['onError']],
    ),
  );
}

test('functions are called around the run and each migration, SQL files before them', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table called (id serial, name text)');
  const sql = names.map((name) => [`callbacks/${name}.sql`, `insert into called (name) values ('${name}')`]);
  const folder = await folderOf({ ...files, ...Object.fromEntries(sql) });
  const calls: string[] = [];
  const migrator = await migratorOf(url, folder);
  await migrator.up({ callbacks: noting(calls) });
  expect(calls).toEqual([
    'beforeUp up',
    'beforeEach up M1',
    'afterEach up M1',
    'beforeEach up M2',
    'afterEach up M2',
    'beforeEach up repeatable/view',
    'afterEach up repeatable/view',
    'afterUp up',
  ]);
  expect(await column(client, 'select name from called order by id')).toEqual(
    calls.map((call) => call.split(' ')[0]),
  );
  calls.length = 0;
  await migrator.up({ callbacks: noting(calls) });
  expect(calls).toEqual([]);
  await migrator.down({ callbacks: noting(calls) });
  expect(calls).toEqual(['beforeEach down M2', 'afterEach down M2']);
});

test('onError is called after the rollback, and does not hide what failed', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({ ...files, 'M2.sql': 'insert into item values (1); select 1 / 0' });
  const calls: string[] = [];
  const migrator = await migratorOf(url, folder);
  expect((await failure(migrator.up({ callbacks: noting(calls) }))).code).toBe('migration-failed');
  expect(calls.at(-1)).toBe('onError up M2 UserError: Migration M2 (up) f');
  await writeFiles(folder, { 'callbacks/onError.sql': 'select count(*) / 0 from item' });
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migration-failed');
  expect(message).toContain('Migration M2 (up) failed at statement 2');
  expect(message).toContain('callbacks/onError.sql failed: ');
  expect(message).toContain('division by zero, at select count(*)');
  expect(await column(client, 'select count(*)::int from item')).toEqual([0]);
});

test.each([
  { name: 'beforeUp', applied: 'M1 pending', told: 'No migration was run.' },
  { name: 'beforeEach', applied: 'M1 pending', told: 'Migration M1 was not applied' },
  { name: 'afterEach', applied: 'M1 applied', told: 'Migration M1 is applied.' },
  { name: 'afterUp', applied: 'M1 applied', told: 'All migrations of the run are applied.' },
])('when $name fails, the error says what is applied', async ({ name, applied, told }) => {
  const { url } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf({ 'M1.sql': 'select 1' }));
  const broken: Callbacks = {
    [name]: () => {
      throw new Error('No network.');
    },
  };
  const { code, message, hint } = await failure(migrator.up({ callbacks: broken }));
  expect(code).toBe('callback-failed');
  expect(message).toContain(`The callback ${name} failed: No network.`);
  expect(message).toContain(told);
  expect(hint).toContain('Correct it');
  expect(await states(migrator)).toEqual([applied]);
  await migrator.up();
  expect(await states(migrator)).toEqual(['M1 applied']);
});

test('an SQL callback is one transaction', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    'M1.sql': 'create table item (id int)',
    'callbacks/afterUp.sql': 'insert into item values (1); select 1 / 0',
  });
  const { message } = await failure((await migratorOf(url, folder)).up());
  expect(message).toContain('callbacks/afterUp.sql failed');
  expect(await column(client, 'select count(*)::int from item')).toEqual([0]);
});

test.each([
  {
    reason: 'an unknown name',
    file: 'beforeMigrate.sql',
    sql: 'select 1',
    problem: 'is no callback: beforeUp.sql',
  },
  {
    reason: 'what runs outside a transaction',
    file: 'afterUp.sql',
    sql: 'vacuum',
    problem: 'runs outside a transaction',
  },
  { reason: 'wrong SQL', file: 'afterUp.sql', sql: 'selec 1', problem: 'line 1, character 1' },
])('$reason is refused', async ({ file, sql, problem }) => {
  const { url } = await openDatabase();
  const folder = await folderOf({ 'M1.sql': 'select 1', [`callbacks/${file}`]: sql });
  const { code, message } = await failure((await migratorOf(url, folder)).up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain(problem);
});

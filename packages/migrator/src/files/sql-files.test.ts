import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, states } from '../../test/fixtures.ts';
import { classFile, type Files, folderOf, migratorOf, writeFiles } from '../../test/folder.ts';

test('SQL files and classes are applied in the order of names, and reverted', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    'M1.sql': '-- Items, with their first row.\ncreate table item (id int);\ninsert into item values (1);\n',
    'M1.down.sql': 'drop table item;\n',
    'M2.ts': classFile('M2', 'alter table item add name text'),
    'M3.sql': `update item set name = 'a?b'; update item set name = name || '\\d$1' where '{"a":1}'::jsonb ? 'a'`,
    'M3.down.sql': 'update item set name = null',
  });
  const migrator = await migratorOf(url, folder);
  expect(
    (await migrator.dryRun()).map(({ name, path, statements }) => [name, path, statements.length]),
  ).toEqual([
    ['M1', join(folder, 'M1.sql'), 2],
    ['M2', expect.stringMatching(/M2\.ts$/), 1],
    ['M3', join(folder, 'M3.sql'), 2],
  ]);
  expect(await migrator.up({ to: 'M2.sql' })).toHaveLength(2);
  expect(await migrator.up()).toMatchObject([{ name: 'M3' }]);
  expect(await column(client, 'select name from item')).toEqual(['a?b\\d$1']);
  expect(await migrator.down('M3.sql')).toMatchObject([{ name: 'M3' }]);
  expect(await column(client, 'select name from item')).toEqual([null]);
  const { message } = await failure(migrator.down());
  expect(message).toContain('This migration cannot be reverted');
  expect(await states(await migratorOf(url, folder))).toEqual(['M1 applied', 'M2 applied', 'M3 pending']);
});

test('without a file that undoes it, an SQL migration is not reverted', async () => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf({ 'M1.sql': 'create table item ()' }));
  await migrator.up();
  const { code, message } = await failure(migrator.down());
  expect(code).toBe('invalid-migration');
  expect(message).toContain('M1.sql has no M1.down.sql beside it');
  expect(await column(client, `select to_regclass('item') is not null`)).toEqual([true]);
});

test('SQL files in other folders are named in the log, and not applied', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf({
    'M1.sql': 'create table item ()',
    'repeatable/view.sql': 'create or replace view named as select 1 as one',
    'callbacks/afterUp.sql': 'analyze item',
    'later/M2.sql': 'create table lost ()',
    'repeatable/old/M3.sql': 'create table lost ()',
  });
  const log: string[] = [];
  const migrator = await migratorOf(url, folder, {
    logger: (line) => log.push(line),
    colors: false,
    migrations: { silent: false },
  });
  expect((await migrator.up()).map(({ name }) => name)).toEqual(['M1', 'repeatable/view']);
  expect(log.join('\n')).toContain(
    'SQL files in folders of their own are no migrations: later/M2.sql, repeatable/old/M3.sql.',
  );
});

test('the headers of each file say how it is run', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    'M1.sql': `-- lock-timeout: 7s
-- statement-timeout: 2min

-- What the session sees:
create table seen as select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement;
`,
    'M2.sql': `/* Of the team. */\n-- no-transaction\n insert into seen values ('one'); select 1 / 0`,
    'M2.down.sql': '-- statement-timeout: 90ms\nselect pg_sleep(20)',
  });
  const migrator = await migratorOf(url, folder);
  expect((await failure(migrator.up({ statementTimeoutMs: 5000 }))).message).toContain(
    '1 of its 2 statements are done',
  );
  expect(await column(client, `select statement from seen where lock <> 'one'`)).toEqual(['2min']);
  expect(await column(client, `select count(*)::int from seen where lock = 'one'`)).toEqual([1]);
  await client.query(`update migration_ledger set state = 'applied'`);
  expect((await failure(migrator.down())).message).toContain('statement timeout');
});

test('a changed file is found, a changed remark is not a change', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf({ 'M1.sql': 'create table item (id int)' });
  await (await migratorOf(url, folder)).up();
  await writeFiles(folder, { 'M1.sql': '-- Items.\ncreate table item (id int);\n' });
  expect(await states(await migratorOf(url, folder))).toEqual(['M1 applied']);
  await writeFiles(folder, { 'M1.sql': '-- Items.\ncreate table item (id bigint);\n' });
  expect(await states(await migratorOf(url, folder))).toEqual(['M1 changed']);
});

test('a file that replaces others is recorded where they are applied, and run where none is', async () => {
  const { url, client } = await openDatabase();
  const files = { 'M1.sql': 'create table item ()', 'M2.sql': 'alter table item add id int' };
  const squash = { 'M2_squash.sql': '-- replaces: M1.sql, M2\ncreate table item (id int)' };
  await (await migratorOf(url, await folderOf(files))).up();
  const folder = await folderOf({ ...files, ...squash });
  expect(await (await migratorOf(url, folder)).up()).toMatchObject([{ name: 'M2_squash' }]);
  await client.query('drop table item, migration_ledger');
  expect(await (await migratorOf(url, await folderOf(squash))).up()).toMatchObject([{ name: 'M2_squash' }]);
  expect(await column(client, `select to_regclass('item') is not null`)).toEqual([true]);
});

const twice = 'is the name of several migrations';

test.each<{ reason: string; files: Files; problem: string }>([
  {
    reason: 'an unknown header',
    files: { 'M1.sql': '-- no-transactions\nselect 1' },
    problem: 'no header of this file',
  },
  {
    reason: 'one of Flyway',
    files: { 'M1.sql': '-- flyway:executeInTransaction=false\nselect 1' },
    problem: 'no header',
  },
  {
    reason: 'one of goose',
    files: { 'M1.sql': '-- +goose Up\nselect 1' },
    problem: 'Known are "-- no-transaction"',
  },
  {
    reason: 'almost a header',
    files: { 'M1.sql': '-- No Transaction\nselect 1' },
    problem: 'no header of this file',
  },
  {
    reason: 'a header further down',
    files: { 'M1.sql': 'select 1;\n-- no-transaction\n' },
    problem: 'before the first statement',
  },
  {
    reason: 'a time without unit',
    files: { 'M1.sql': '-- lock-timeout: 5\nselect 1' },
    problem: 'a time with its unit',
  },
  {
    reason: 'too long a time',
    files: { 'M1.sql': '-- lock-timeout: 999h\nselect 1' },
    problem: 'at most 2147483647 ms',
  },
  {
    reason: 'a header twice',
    files: { 'M1.sql': '-- no-transaction\n-- no-transaction\nselect 1' },
    problem: 'given twice',
  },
  {
    reason: 'a value too much',
    files: { 'M1.sql': '-- no-transaction: yes\nselect 1' },
    problem: 'takes no value',
  },
  {
    reason: 'names that lack',
    files: { 'M1.sql': '-- replaces: a,,b\nselect 1' },
    problem: 'names must follow',
  },
  {
    reason: 'a header of the other file',
    files: { 'M1.sql': 'select 1', 'M1.down.sql': '-- replaces: a\nselect 1' },
    problem: 'no header of this file',
  },
  {
    reason: 'a command of psql',
    files: { 'M1.sql': 'select 1;\n  \\i other.sql\n' },
    problem: 'line 2, character 3: syntax error at or near "\\". A command with a backslash is for psql',
  },
  { reason: 'a variable of psql', files: { 'M1.sql': 'select :name' }, problem: 'Variables of psql' },
  { reason: 'a placeholder', files: { 'M1.sql': 'select ${name}' }, problem: 'placeholders of other tools' },
  {
    reason: 'rows for COPY',
    files: { 'M1.sql': 'copy item from stdin;\n1\ta\n\\.\n' },
    problem: 'The rows after COPY FROM STDIN',
  },
  {
    reason: 'COPY FROM STDIN',
    files: { 'M1.sql': 'copy item from stdin' },
    problem: 'moves rows to or from the client',
  },
  {
    reason: 'COPY TO STDOUT',
    files: { 'M1.ts': classFile('M1', 'copy item to stdout') },
    problem: 'moves rows to or from the client',
  },
  {
    reason: 'a wrong statement',
    files: { 'M1.sql': 'select 1;\nselect form x y' },
    problem: 'line 2, character 15: syntax error at or near "y"',
  },
  { reason: 'no statement', files: { 'M1.sql': '-- Later.\n' }, problem: 'M1.sql has no statement' },
  {
    reason: 'a wrong file to undo it',
    files: { 'M1.sql': 'select 1', 'M1.down.sql': 'selec 1' },
    problem: 'M1.down.sql: line 1',
  },
  { reason: 'nothing to undo', files: { 'M1.down.sql': 'select 1' }, problem: 'has no M1.sql beside it' },
  { reason: 'a byte order mark', files: { 'M1.sql': '\uFEFFselect 1' }, problem: 'byte order mark' },
  {
    reason: 'UTF-16',
    files: { 'M1.sql': Buffer.from('\uFEFFselect 1', 'utf16le') },
    problem: 'byte order mark',
  },
  { reason: 'Latin-1', files: { 'M1.sql': Buffer.from(`select 'ä'`, 'latin1') }, problem: 'is not UTF-8' },
  {
    reason: 'line ends of Windows',
    files: { 'M1.sql': 'select 1;\r\nselect 2;\r\n' },
    problem: 'the line ends of Windows',
  },
  {
    reason: 'names that differ by case',
    files: { 'M1.sql': 'select 1', 'm1.sql': 'select 1' },
    problem: twice,
  },
  {
    reason: 'a class and a file of one name',
    files: { 'M1.sql': 'select 1', 'M1.ts': classFile('M1', 'select 1') },
    problem: twice,
  },
  { reason: 'a name of Flyway', files: { 'R__view.sql': 'select 1' }, problem: 'Move it into `repeatable/`' },
  {
    reason: 'one that undoes in Flyway',
    files: { 'U1__item.sql': 'select 1' },
    problem: 'with the ending `.down.sql`',
  },
])('$reason is refused', async ({ files, problem }) => {
  const { url, client } = await openDatabase();
  const { code, message } = await failure((await migratorOf(url, await folderOf(files))).up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain(problem);
  expect(
    await column(client, 'select count(*)::int from pg_tables where schemaname = current_schema()'),
  ).toEqual([0]);
});

test('a file that the build did not copy is found, one beside a list of classes is read', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf({ 'src/M1.sql': 'create table item ()', 'dist/M0.sql': 'select 1' });
  const built = { path: join(folder, 'dist'), pathTs: join(folder, 'src') };
  const { message } = await failure(
    (await migratorOf(url, folder, { preferTs: false, migrations: built })).info(),
  );
  expect(message).toContain('M1.sql: is in');
  expect(message).toContain('copy them there');
  await rename(join(folder, 'src/M1.sql'), join(folder, 'dist/M1.sql'));
  const listed = await migratorOf(url, folder, {
    migrations: { ...built, pathTs: undefined, migrationsList: [] },
  });
  expect(await states(listed)).toEqual(['M0 pending', 'M1 pending']);
});

import { fileURLToPath } from 'node:url';
import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { failure, openDatabase, openMigrator } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';
import { runLint } from '../index.ts';

const pending = (...statements: string[]) => migration('Migration2', statements);

test('lint judges what is pending by what the database has', async () => {
  const { url, client } = await openDatabase();
  const first = migration('Migration1', [
    'create table big (id int, name varchar(20))',
    'create table small (id int)',
  ]);
  await (await openMigrator(url, [first])).up();
  await client.query(
    `insert into big select n, 'a' from generate_series(1, 20000) n; insert into small values (1)`,
  );
  await client.query('alter table big add constraint id_filled check (id is not null)');
  await client.query('analyze big, small');
  const migrator = await openMigrator(url, [
    first,
    pending(
      'alter table big alter id set not null',
      'alter table big alter name type varchar(30)',
      'alter table big alter name type text',
      'alter table big add seen timestamptz default localtimestamp(0)',
      'alter table big add token text default md5(random()::text)',
      'create index big_name on big (name)',
      'create index small_id on small (id)',
    ),
  ]);
  const found = async (options = {}) =>
    (await migrator.lint(options)).map(({ severity, code, statement }) => `${statement} ${severity} ${code}`);
  expect(await found()).toEqual([
    '4 error volatile-default',
    '5 error index-not-concurrent',
    '6 warning index-not-concurrent',
  ]);
  expect(await found({ smallTableRows: 0 })).toContain('6 error index-not-concurrent');
  // Without the database nobody knows of the check and of the types.
  expect(await found({ database: false })).toEqual([
    '0 error not-null-scan',
    '1 error column-type-changed',
    // The first change has told the type.
    '4 error volatile-default',
    '5 error index-not-concurrent',
    '6 error index-not-concurrent',
  ]);
  // In the whole history the tables are new, or in use after a release.
  expect(await found({ all: true })).toEqual([]);
  expect(await found({ all: true, releases: ['Migration1'] })).toContain('5 error index-not-concurrent');
  await migrator.up();
  expect(await found()).toEqual([]);
});

test('lint of the whole history needs no database', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing';
  const migrator = await openMigrator(url, [pending('drop table item')]);
  expect((await migrator.lint({ all: true })).map(({ code }) => code)).toEqual(['drop-table']);
});

test('runLint ends with 3 for an error, and with 0 for warnings', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing';
  const lint = async (sql: string) => {
    const migrator = await openMigrator(url, [pending(sql)]);
    return runLint((options) => migrator.lint(options), { all: true });
  };
  expect(await lint('drop table item')).toMatchObject({
    exitCode: 3,
    output: expect.stringContaining('1 errors'),
  });
  expect(await lint('create table a (at timestamp)')).toMatchObject({
    exitCode: 0,
    findings: [{ severity: 'warning' }],
  });
  const wrong = runLint(async () => [], { format: 'xml' as 'json' });
  expect((await failure(wrong)).code).toBe('invalid-settings');
});

test('a finding has the line of its statement in the file', async () => {
  const path = fileURLToPath(new URL('../../test/files', import.meta.url));
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [], { migrations: { path, migrationsList: undefined } as object });
  const findings = await migrator.lint({ all: true, rules: { 'small-key': 'warning' } });
  expect(findings.map((each) => `${each.path?.split('/').at(-1)}:${each.line}`)).toEqual(['Migration1.ts:5']);
});

test('a migration that runs queries itself is undecided, until it is accepted', async () => {
  const { url } = await openDatabase();
  class Asks extends Migration {
    override async up() {
      await this.execute('select 1');
    }
  }
  const migrator = await openMigrator(url, [{ name: 'Migration1', class: Asks }]);
  expect(await migrator.lint()).toMatchObject([
    { code: 'undecided', severity: 'error', migration: 'Migration1' },
  ]);
  const reason = 'It only reads.';
  expect(await migrator.lint({ ignore: [{ code: 'undecided', migration: 'Migration1', reason }] })).toEqual(
    [],
  );
});

test('what fails on the first row is an error however few there are', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table item (id int); insert into item values (1); analyze item');
  const migrator = await openMigrator(url, [pending('alter table item add title text not null')]);
  expect(await migrator.lint()).toMatchObject([{ code: 'required-column', severity: 'error' }]);
});

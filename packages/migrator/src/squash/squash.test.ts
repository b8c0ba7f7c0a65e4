import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../../test/fixtures.ts';
import { createFolder, inFolder, writeMigration } from '../../test/folder.ts';
import { type ListedMigration, migration } from '../../test/migration.ts';

const table = (name: string): ListedMigration =>
  migration(name, [`create table t_${name} (id int)`], [`drop table t_${name}`]);
const [a, b, c, d] = [table('A'), table('B'), table('C'), table('D')] as const;

/** A migration that takes the place of others; `ran` shows whether its statements were run. */
const squash = (name: string, replaces: string[], up: string[]): ListedMigration => {
  const listed = migration(
    name,
    ['create table ran (id int)', ...up],
    ['drop table if exists ran', 'drop table t_a, t_b, t_c'],
  );
  return { name, class: Object.assign(listed.class, { replaces }) };
};
const all = ['create table t_a (id int)', 'create table t_b (id int)', 'create table t_c (id int)'];
const merged = squash('C_squash', ['A', 'B', 'C'], all);
const tables = `select tablename from pg_tables where schemaname = 'public' and tablename <> 'migration_ledger' order by 1`;

test('where all that it replaces is applied, it is recorded without being run', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [a, b, c, d])).up();
  const next = await openMigrator(url, [merged, d]);
  expect(await states(next)).toEqual([
    'A replaced',
    'B replaced',
    'C replaced',
    'C_squash pending',
    'D applied',
  ]);
  expect(await next.dryRun()).toMatchObject([{ name: 'C_squash', isRecordedOnly: true }]);
  expect((await failure(next.down())).message).toContain(
    'C_squash: takes the place of applied migrations, and is not recorded yet. Record it first: `npx @ecommerce-dms/migrator up`',
  );
  expect(await next.up()).toEqual([{ name: 'C_squash' }]);
  expect(await column(client, tables)).toEqual(['t_a', 't_b', 't_c', 't_d']);
  expect(await next.info()).toMatchObject([
    { name: 'A', state: 'replaced', replacedBy: 'C_squash' },
    { state: 'replaced' },
    { state: 'replaced' },
    { name: 'C_squash', state: 'applied', kind: 'squash' },
    { state: 'applied' },
  ]);
  expect(await next.up()).toEqual([]);
  // The release before it goes on too.
  const previous = await openMigrator(url, [a, b, c, d]);
  expect(await previous.up()).toEqual([]);
  expect(await next.validate()).toMatchObject([
    { name: 'C_squash', verdict: 'same' },
    { name: 'D', verdict: 'same' },
  ]);
  expect(await next.down('C_squash')).toEqual([{ name: 'C_squash' }]);
  expect(await column(client, tables)).toEqual(['t_d']);
  expect(await column(client, 'select name from migration_ledger')).toEqual(['D']);
});

test.each([{ kept: true }, { kept: false }])(
  'where nothing of it is applied, it is run, and what it replaces is not (their files kept: $kept)',
  async ({ kept }) => {
    const { url, client } = await openDatabase();
    const migrator = await openMigrator(url, [...(kept ? [a, b, c] : []), merged, d]);
    expect(await migrator.up()).toEqual([{ name: 'C_squash' }, { name: 'D' }]);
    expect(await column(client, tables)).toEqual(['ran', 't_a', 't_b', 't_c', 't_d']);
    expect(await migrator.getPending()).toEqual([]);
    expect((await migrator.info()).filter(({ state }) => state === 'replaced')).toHaveLength(kept ? 3 : 0);
    expect(await migrator.up()).toEqual([]);
    expect(await migrator.down({ to: 0 })).toEqual([{ name: 'D' }, { name: 'C_squash' }]);
    expect(await column(client, tables)).toEqual([]);
    expect(await migrator.up()).toHaveLength(2);
  },
);

test('where some of it is applied, the rest is run first', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [a])).up();
  const migrator = await openMigrator(url, [a, b, c, merged, d]);
  expect((await failure(migrator.up('C_squash'))).message).toContain(
    'C_squash: replaces B, C, which are not applied, unlike others that it replaces. Apply them first.',
  );
  expect(await migrator.up()).toEqual([{ name: 'B' }, { name: 'C' }, { name: 'C_squash' }, { name: 'D' }]);
  expect(await column(client, tables)).toEqual(['t_a', 't_b', 't_c', 't_d']);
});

test('where some of it is applied and the rest is not in the code, it is refused, and the remedy works', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [a])).up();
  const migrator = await openMigrator(url, [merged, d]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain(
    'C_squash: replaces migrations of which some are applied, and B, C neither applied nor in the code. With the release that has them, run first: `npx @ecommerce-dms/migrator up`.',
  );
  expect(await column(client, tables)).toEqual(['t_a']);
  await (await openMigrator(url, [a, b, c])).up();
  expect(await migrator.up()).toEqual([{ name: 'C_squash' }, { name: 'D' }]);
});

test('a half-applied migration of a squash is finished first', async () => {
  const { url, client } = await openDatabase();
  const half = migration('B', ['create table t_b (id int)', 'vacuum t_b', 'insert into missing values (1)']);
  await failure((await openMigrator(url, [a, half])).up());
  await client.query('create table missing (id int)');
  const without = await openMigrator(url, [merged]);
  expect((await failure(without.up())).message).toContain('B, C neither applied nor in the code');
  const migrator = await openMigrator(url, [a, half, c, merged]);
  expect(await migrator.up()).toEqual([{ name: 'B' }, { name: 'C' }, { name: 'C_squash' }]);
});

test('names that a squash has replaced cannot be asked for, and one that sorts after the squash cannot be replaced', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [a, b, c, merged]);
  await migrator.up();
  expect((await failure(migrator.down('B'))).code).toBe('migration-not-found');
  const { message } = await failure((await openMigrator(url, [merged, squash('D', ['E'], [])])).up());
  expect(message).toContain(
    'D: replaces E, which sorts after it. Rename it to sort after all that it replaces',
  );
  const wrong = {
    name: 'E',
    class: Object.assign(
      class extends Migration {
        override up(): void {}
      },
      { replaces: 'A' },
    ),
  };
  expect((await failure((await openMigrator(url, [merged, wrong])).up())).message).toContain(
    'E: `static replaces` of E is not a list of names',
  );
});

test('rollup() writes a squash, which every database takes', async () => {
  const folder = await createFolder();
  await writeMigration(
    folder,
    'M1',
    ['create table t1 (id int)', `comment on table t1 is 'It''s \`one\` of $\{two}'`],
    {
      down: ['drop table t1'],
    },
  );
  await writeMigration(folder, 'M2', ['create index concurrently t1_id on t1 (id)'], {
    down: ['drop index t1_id'],
  });
  await writeMigration(folder, 'M3', ['create table t3 (id int)'], { down: ['drop table t3'] });
  const [old, partial, fresh] = [await openDatabase(), await openDatabase(), await openDatabase()];
  const migrator = await openMigrator(old.url, [], inFolder(folder));
  await migrator.up();
  await (await openMigrator(partial.url, [], inFolder(folder))).up({ to: 'M1' });
  const { fileName, replaces } = await migrator.rollup(['M1', 'M2']);
  expect([fileName, replaces]).toEqual(['M2_squash.ts', ['M1', 'M2']]);
  expect(await readdir(folder)).toEqual(['M1.ts', 'M2.ts', 'M2_squash.ts', 'M3.ts']);
  expect(await readFile(join(folder, fileName), 'utf8')).toContain(
    `static replaces = [\n    "M1",\n    "M2",\n  ]`,
  );
  const expected = ['M1 replaced', 'M2 replaced', 'M2_squash applied', 'M3 applied'];
  expect(await states(migrator)).toEqual(expected);
  expect(await migrator.up()).toEqual([]);
  for (const { url, client } of [partial, fresh]) {
    const each = await openMigrator(url, [], inFolder(folder));
    await each.up();
    expect(await states(each)).toEqual(expected);
    expect(await column(client, `select obj_description('t1'::regclass)`)).toEqual(["It's `one` of ${two}"]);
    expect((await each.validate()).filter(({ verdict }) => verdict !== 'same')).toEqual([]);
  }
  // Once every database has recorded it, the files may go.
  await rm(join(folder, 'M1.ts'));
  await rm(join(folder, 'M2.ts'));
  for (const { url, client } of [old, partial, fresh]) {
    const each = await openMigrator(url, [], inFolder(folder));
    expect(await each.up()).toEqual([]);
    expect(await each.down({ to: 0 })).toHaveLength(2);
    expect(await column(client, tables)).toEqual([]);
  }
});

test('rollup() refuses what one list of statements cannot replace', async () => {
  const { url } = await openDatabase();
  const folder = await createFolder();
  for (const name of ['M1', 'M2', 'M3'])
    await writeMigration(folder, name, [`create table ${name} (id int)`]);
  const migrator = await openMigrator(url, [], inFolder(folder));
  await migrator.up({ to: 'M2' });
  expect((await failure(migrator.rollup(['M1']))).message).toContain(
    'rollup: needs two or more applied migrations',
  );
  expect((await failure(migrator.rollup(['M2', 'M3']))).message).toContain(
    'M3: is pending: only what is applied can be merged',
  );
  expect((await failure(migrator.rollup(['M9']))).code).toBe('migration-not-found');
  await migrator.up();
  expect((await failure(migrator.rollup(['M1', 'M3']))).message).toContain('M2: is between them');
  expect(await readdir(folder)).toEqual(['M1.ts', 'M2.ts', 'M3.ts']);
});

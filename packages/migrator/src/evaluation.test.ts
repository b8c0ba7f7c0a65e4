import { randomUUID } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { createFolder, inFolder, writeMigration } from '../test/folder.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const second = migration('Migration2', ['create table other (id int)'], ['drop table other']);

/** A migration whose code can be called a number of times only, as one that reads a setting that was removed later. */
function evaluatedBefore(name: string, removed: () => boolean): ListedMigration {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        if (removed()) throw new Error('the setting is gone');
        this.addSql('create table item (id int)');
      }
      override down(): void {
        if (removed()) throw new Error('the setting is gone');
        this.addSql('drop table item');
      }
    },
  };
}

test('the code of an applied migration is never called again', async () => {
  const { url } = await openDatabase();
  let isRemoved = false;
  const migrator = await openMigrator(url, [evaluatedBefore('Migration1', () => isRemoved), second]);
  await migrator.up({ to: 'Migration1' });
  isRemoved = true;
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  expect(await migrator.dryRun()).toMatchObject([{ name: 'Migration2' }]);
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
  await migrator.logMigration('Migration2');
  expect(await migrator.getPending()).toEqual([]);
  expect((await failure(migrator.down('Migration1'))).message).toContain('the setting is gone');
  expect(await migrator.validate()).toMatchObject([
    { name: 'Migration1', verdict: 'undecided', reason: 'up() failed: the setting is gone' },
    { name: 'Migration2', verdict: 'undecided' },
  ]);
});

test('logMigration() does not call the code of the migration, nor of others', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [
    evaluatedBefore('Migration1', () => true),
    evaluatedBefore('Migration2', () => true),
  ]);
  await migrator.logMigration('Migration1');
  expect(await migrator.info()).toMatchObject([{ state: 'applied', kind: 'baseline' }, { state: 'pending' }]);
});

test('the module of an applied migration is not imported', async () => {
  const { url } = await openDatabase();
  const folder = await createFolder();
  await writeMigration(folder, 'Migration1', ['create table item (id int)']);
  const migrator = await openMigrator(url, [], inFolder(folder));
  await migrator.up();
  // Another file, since a module that was imported once is not imported again.
  const later = await createFolder();
  await writeMigration(later, 'Migration1', [], { before: `throw new Error('no module');` });
  await writeMigration(later, 'Migration2', ['create table other (id int)']);
  const next = await openMigrator(url, [], inFolder(later));
  expect(await states(next)).toEqual(['Migration1 applied', 'Migration2 pending']);
  expect(await next.dryRun()).toMatchObject([{ name: 'Migration2' }]);
  expect(await next.up()).toMatchObject([{ name: 'Migration2' }]);
  expect(await next.validate()).toMatchObject([
    { name: 'Migration1', verdict: 'undecided', reason: 'its code cannot be loaded: no module' },
    { name: 'Migration2', verdict: 'same' },
  ]);
});

test('a pending migration whose module is broken is a fault of up() alone', async () => {
  const { url } = await openDatabase();
  const folder = await createFolder();
  await writeMigration(folder, 'Migration1', [], { before: `throw new Error('no module');` });
  const migrator = await openMigrator(url, [], inFolder(folder));
  expect(await states(migrator)).toEqual(['Migration1 pending']);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain('Migration1: its code cannot be loaded: no module');
});

test('a pending migration that emits other statements each time is refused with both', async () => {
  const { url, client } = await openDatabase();
  let count = 0;
  const unstable: ListedMigration[] = [
    {
      name: 'Migration1',
      class: class extends Migration {
        override up(): void {
          this.addSql('create table item (id uuid)');
          this.addSql(`insert into item values ('${randomUUID()}')`);
        }
      },
    },
    {
      name: 'Migration2',
      class: class extends Migration {
        readonly #instance = ++count;
        override up(): void {
          this.addSql('select 1');
          if (this.#instance % 2 === 0) this.addSql('select 2');
        }
      },
    },
  ];
  const { message } = await failure((await openMigrator(url, unstable)).up());
  const uuid = '[0-9a-f-]{36}';
  expect(message).toMatch(
    new RegExp(
      `Migration1: emits other statements each time, such as "insert into item values \\('(${uuid})'\\)", then "insert into item values \\('(?!\\1)${uuid}'\\)"`,
    ),
  );
  expect(message).toMatch(
    /Migration2: emits other statements each time, such as "(nothing|select 2)", then "(nothing|select 2)"/,
  );
  expect(message).toContain('gen_random_uuid()');
  expect(await column(client, "select count(*)::int from pg_tables where schemaname = 'public'")).toEqual([
    0,
  ]);
  const remedy = migration('Migration1', [
    'create table item (id uuid)',
    'insert into item values (gen_random_uuid())',
  ]);
  expect(await (await openMigrator(url, [remedy])).up()).toHaveLength(1);
});

test('a half-applied migration resumes when only its white space changed, and not when its statements did', async () => {
  const { url, client } = await openDatabase();
  const half = ['create table item (id int)', 'vacuum item', 'insert into missing values (1)'];
  await failure((await openMigrator(url, [migration('Migration1', half)])).up());
  const edited = await openMigrator(url, [
    migration('Migration1', [...half.slice(0, 2), 'insert into missing values (2)']),
  ]);
  expect(await states(edited)).toEqual(['Migration1 changed']);
  await client.query('create table missing (id int)');
  const spaced = await openMigrator(url, [migration('Migration1', [`-- The same.\n${half.join(' ;\n\n')}`])]);
  expect(await states(spaced)).toEqual(['Migration1 failed']);
  expect(await spaced.up()).toEqual([{ name: 'Migration1' }]);
  expect(await column(client, 'select id from missing')).toEqual([1]);
});

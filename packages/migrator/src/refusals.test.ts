import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const table = (n: number): ListedMigration =>
  migration(`Migration${n}`, [`create table t${n} (id int)`], [`drop table t${n}`]);
const [one, two, three, four] = [table(1), table(2), table(3), table(4)] as const;
const changedOne = migration('Migration1', ['create table t1 (id  int)'], ['drop table t1']);

test('all faults are told at once, and nothing is applied', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [one, three])).up();
  const broken = migration('Migration5', [
    'create tabel x ()',
    'begin',
    'create index concurrently on t1 (id)',
  ]);
  const executing = {
    ...two,
    class: class extends two.class {
      override async up(): Promise<void> {
        await this.execute('select 1');
      }
    },
  };
  const migrator = await openMigrator(url, [changedOne, two, four, broken]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message.split('\n')).toEqual([
    'No migration was run:',
    expect.stringMatching(/^- Migration1: changed after it was applied/),
    expect.stringMatching(/^- Migration2: sorts before a migration that is applied/),
    expect.stringMatching(/^- Migration3: is in the ledger and not in the code/),
    expect.stringMatching(/^- Migration5: syntax error at or near "tabel" at character 8/),
    expect.stringMatching(/^- Migration5: "begin": the migrator itself/),
    expect.stringMatching(/^- Migration5: .*name the index/),
  ]);
  expect(await states(migrator)).toEqual([
    'Migration1 changed',
    'Migration2 out-of-order',
    'Migration3 missing',
    'Migration4 pending',
    'Migration5 pending',
  ]);
  expect((await failure(migrator.dryRun())).message).toBe(message);
  expect((await failure((await openMigrator(url, [one, executing, three])).info())).message).toContain(
    'Migration2: up() failed: it runs queries itself',
  );
  expect(await column(client, `select count(*)::int from pg_tables where schemaname = 'public'`)).toEqual([
    3,
  ]);
});

test('a missing migration stops down() too', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, two])).up();
  const migrator = await openMigrator(url, [one]);
  expect((await failure(migrator.down())).message).toContain(
    'Migration2: is in the ledger and not in the code',
  );
  await migrator.unlogMigration('Migration2');
  expect(await states(migrator)).toEqual(['Migration1 applied']);
});

test('allowOutOfOrder applies what was left out', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, three])).up();
  const migrator = await openMigrator(url, [one, two, three]);
  expect(await migrator.dryRun({ allowOutOfOrder: true })).toHaveLength(1);
  expect(await migrator.up({ allowOutOfOrder: true })).toEqual([{ name: 'Migration2' }]);
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
});

test('two migrations of one name are refused', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [one, changedOne]);
  expect((await failure(migrator.info())).message).toContain('Migration1: is the name of several migrations');
});

test("what MikroORM's own migrator applied is not applied again", async () => {
  const { url, client } = await openDatabase();
  await client.query(
    'create table mikro_orm_migrations (id serial, name varchar(255), executed_at timestamptz)',
  );
  await client.query(`insert into mikro_orm_migrations (name) values ('Migration1')`);
  const migrator = await openMigrator(url, [one, two]);
  expect((await failure(migrator.up())).message).toContain(
    `Migration1: was applied by MikroORM's own migrator`,
  );
  await migrator.logMigration('Migration1');
  expect((await failure(migrator.logMigration('Migration1'))).code).toBe('migration-recorded');
  expect((await failure(migrator.logMigration('Migration9'))).code).toBe('migration-unknown');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
});

test('a table of another kind is not taken for the ledger', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table history (id int)');
  const migrator = await openMigrator(url, [one], { migrations: { tableName: 'history' } });
  expect((await failure(migrator.up())).code).toBe('ledger-foreign');
});

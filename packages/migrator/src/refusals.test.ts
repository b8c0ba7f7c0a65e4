import { expect, test } from 'vitest';
import { column, createLogin, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const table = (n: number): ListedMigration =>
  migration(`Migration${n}`, [`create table t${n} (id int)`], [`drop table t${n}`]);
const [one, two, three, four] = [table(1), table(2), table(3), table(4)] as const;

test('all faults are reported at once, and nothing is applied', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [one, three])).up();
  const broken = migration('Migration5', [
    'create tabel x ()',
    'begin',
    'create index concurrently on t1 (id)',
  ]);
  const failing = {
    name: 'Migration6',
    class: class extends two.class {
      override up(): void {
        throw new Error('no such setting');
      }
    },
  };
  const migrator = await openMigrator(url, [one, two, four, broken, failing]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message.split('\n')).toEqual([
    'No migration was run:',
    expect.stringMatching(/^- Migration2: sorts before a migration that is applied/),
    expect.stringMatching(/^- Migration3: is in the ledger and not in the code/),
    '- Migration6: up() failed: no such setting',
    expect.stringMatching(/^- Migration5: syntax error at or near "tabel" at character 8/),
    expect.stringMatching(/^- Migration5: "begin": the migrator itself/),
    expect.stringMatching(/^- Migration5: .*name the index/),
  ]);
  expect(await states(migrator)).toEqual([
    'Migration1 applied',
    'Migration2 out-of-order',
    'Migration3 missing',
    'Migration4 pending',
    'Migration5 pending',
    'Migration6 pending',
  ]);
  expect((await failure(migrator.dryRun())).message).toBe(message);
  expect(await column(client, `select count(*)::int from pg_tables where schemaname = 'public'`)).toEqual([
    3,
  ]);
});

test('a missing migration stops down() too', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, two, three])).up();
  const { message } = await failure((await openMigrator(url, [one, three])).down());
  expect(message).toContain('Migration2: is in the ledger and not in the code');
  // The remedy: the code that has it.
  expect(message).toContain('Restore its file; or');
  expect(await (await openMigrator(url, [one, two, three])).down()).toEqual([{ name: 'Migration3' }]);
});

test('the remedy for an out-of-order migration works', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, three])).up();
  const { message } = await failure((await openMigrator(url, [one, two, three])).up());
  expect(message).toContain('Rename it to sort last');
  const renamed = { ...two, name: 'Migration9' };
  expect(await (await openMigrator(url, [one, three, renamed])).up()).toEqual([{ name: 'Migration9' }]);
});

test('allowOutOfOrder applies a migration that was left out', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, three])).up();
  const migrator = await openMigrator(url, [one, two, three]);
  expect(await migrator.dryRun({ allowOutOfOrder: true })).toHaveLength(1);
  expect(await migrator.up({ allowOutOfOrder: true })).toEqual([{ name: 'Migration2' }]);
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
});

test('two migrations with the same name are refused', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [one, { ...two, name: one.name }]);
  expect((await failure(migrator.info())).message).toContain('Migration1: is the name of several migrations');
});

test('a half-applied migration that is undone by hand and forgotten runs again as corrected', async () => {
  const { url, client } = await openDatabase();
  const start = ['create table item (id int)', 'create index concurrently item_id on item (id)'];
  const failing = await openMigrator(url, [
    migration('Migration1', [...start, 'insert into itme values (1)']),
  ]);
  expect((await failure(failing.up())).hint).toContain(
    'correct the migration and undo by hand what is done, then: `npx @ecommerce-dms/migrator repair --forget Migration1`',
  );
  const corrected = await openMigrator(url, [
    migration('Migration1', [...start, 'insert into item values (1)']),
  ]);
  expect((await failure(corrected.up())).message).toContain(
    'Restore it; or undo those by hand, then: `npx @ecommerce-dms/migrator repair --forget Migration1`',
  );
  await client.query('drop table item');
  await corrected.repair({ forget: ['Migration1'] });
  expect(await corrected.up()).toEqual([{ name: 'Migration1' }]);
  expect(await column(client, 'select id from item')).toEqual([1]);
});

/** Creates what `counting` creates, and records it as applied in the table of another migrator. */
const stockTable = (name: string): string => `
  create table t1 (id int); create table runs (n int);
  create table ${name} (id serial, name varchar(255), executed_at timestamptz default now());
  insert into ${name} (name) values ('Migration1')`;
const counting = migration('Migration1', [
  'create table if not exists t1 (id int)',
  'insert into runs values (1)',
]);

test.each(['mikro_orm_migrations', 'done', 'meta.done', 'public."My Migrations"'])(
  "what MikroORM's own migrator has recorded in %s is not applied again, and the remedy works",
  async (name) => {
    const { url, client } = await openDatabase();
    await client.query('create schema meta');
    await client.query(stockTable(name));
    const migrator = await openMigrator(url, [counting, two]);
    for (const run of [() => migrator.up(), () => migrator.dryRun()]) {
      const { code, message } = await failure(run());
      expect(code).toBe('migrations-refused');
      expect(message).toMatch(/Migration1: is recorded as applied in the table .*migrator adopt --from /);
    }
    await migrator.adopt();
    expect((await failure(migrator.logMigration('Migration1'))).code).toBe('migration-recorded');
    expect((await failure(migrator.logMigration('Migration9'))).code).toBe('migration-not-found');
    expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
    expect(await column(client, 'select n from runs')).toEqual([]);
  },
);

test("a ledger that is named like MikroORM's table is beside it, and runs nothing twice", async () => {
  const { url, client } = await openDatabase();
  await client.query(`create schema meta; ${stockTable('done')}`);
  // Without the table t1, only the stock table shows that Migration1 was applied.
  await client.query('drop table t1');
  for (const tableName of ['done', 'other', 'meta.done']) {
    const migrator = await openMigrator(url, [counting, two], { migrations: { tableName } });
    expect((await failure(migrator.up())).message).toContain(
      'Migration1: is recorded as applied in the table public.done',
    );
  }
  const migrator = await openMigrator(url, [counting, two], { migrations: { tableName: 'done' } });
  await migrator.adopt();
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select name from done_ledger order by 1')).toEqual([
    'Migration1',
    'Migration2',
  ]);
  // It stays the ledger when the old table is gone.
  await client.query('drop table done');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
  expect(await column(client, 'select n from runs')).toEqual([]);
});

test('a ledger that was given another name is not started again', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one])).up();
  const migrator = await openMigrator(url, [one, two], { migrations: { tableName: 'other' } });
  expect((await failure(migrator.up())).message).toContain(
    'Migration1: is recorded as applied in the table public.migration_ledger',
  );
});

test('tables that exist already are refused, even with IF NOT EXISTS', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table t1 (id int); create table runs (n int)');
  const migrator = await openMigrator(url, [counting, two]);
  expect((await failure(migrator.up())).message).toContain(
    'Migration1: creates the table "public"."t1", which exists',
  );
  await migrator.baseline('Migration1');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select n from runs')).toEqual([]);
});

test('a table that the migrations drop or rename first may exist', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table t1 (id int); create table t2 (id int)');
  const list = [
    migration('Migration0', ['drop table if exists public.t1', 'alter table t2 rename to t3']),
    one,
    two,
    migration('Migration3', ['create temporary table pg_temp.t9 (id int)']),
  ];
  expect(await (await openMigrator(url, list)).up()).toHaveLength(4);
});

test('a history that may not be read is refused, and the remedy works', async () => {
  const { url, client } = await openDatabase();
  const login = `reader_${client.database}`;
  const loginUrl = await createLogin(client, url, login);
  await client.query(`grant create on schema public to ${login}`);
  await client.query(`create table done (id serial, name text, executed_at timestamptz);
    create table knex_migrations (id serial, name text, batch int, migration_time timestamptz)`);
  const migrator = await openMigrator(loginUrl, [one]);
  const { message } = await failure(migrator.up());
  const remedies = [...message.matchAll(/`(grant [^`]+)`/g)].map(([, sql]) => sql);
  expect(remedies).toEqual(
    ['done', 'knex_migrations'].map(
      (table) =>
        `grant usage on schema "public" to ${login}; grant select on "public"."${table}" to ${login}`,
    ),
  );
  for (const sql of remedies) await client.query(sql ?? '');
  expect(await migrator.up()).toEqual([{ name: 'Migration1' }]);
  await client.query(`drop owned by ${login}; drop role ${login}`);
});

test('a table of another kind is not mistaken for the ledger, which is beside it', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table history (id int)');
  const migrator = await openMigrator(url, [one], { migrations: { tableName: 'history' } });
  expect(await migrator.up()).toEqual([{ name: 'Migration1' }]);
  expect(await column(client, 'select name from history_ledger')).toEqual(['Migration1']);
});

test('a table in the place of the ledger is refused, and the remedy works', async () => {
  const { url, client } = await openDatabase();
  await client.query('create table migration_ledger (id int)');
  const migrator = await openMigrator(url, [one]);
  const { code, hint } = await failure(migrator.up());
  expect(code).toBe('ledger-foreign');
  await client.query(/`([^`]+)`/.exec(hint)?.[1] ?? '');
  expect(await migrator.up()).toEqual([{ name: 'Migration1' }]);
});

import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, failure, indexesOf, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const table = migration('Migration1', ['create table item (id int)', 'insert into item values (1), (1)']);

test('CREATE INDEX CONCURRENTLY runs after a change of the same table', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', [
      'alter table item add name text; create index concurrently item_name on item (name)',
    ]),
  ]);
  expect(await migrator.up()).toHaveLength(2);
  expect(await indexesOf(client, 'item')).toEqual(['item_name true']);
});

test('the failure of a later migration does not affect an index and its record', async () => {
  const { url } = await openDatabase();
  const index = migration('Migration2', ['create index concurrently item_id on item (id)']);
  const first = await openMigrator(url, [table, index, migration('Migration3', ['select wrong'])]);
  await failure(first.up());
  expect(await states(first)).toEqual(['Migration1 applied', 'Migration2 applied', 'Migration3 pending']);
  const second = await openMigrator(url, [table, index, migration('Migration3', ['select 1'])]);
  expect(await second.up()).toEqual([{ name: 'Migration3' }]);
});

test('a failed run resumes at its statement, without the invalid index and with its settings', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', [
      'create schema other',
      'create table other.log (value int)',
      'set search_path = other, public',
      'insert into log values (1)',
      'create unique index concurrently item_id on public.item (id)',
      'insert into log values (2)',
    ]),
  ]);
  const { message, hint } = await failure(migrator.up());
  expect(message).toContain('failed at statement 5 of 6: create unique index concurrently item_id');
  expect(message).toContain('(CREATE INDEX CONCURRENTLY): 4 of its 6 statements are done');
  expect(hint).toContain('Fix the cause in the database');
  expect(await indexesOf(client, 'item')).toEqual([]);
  expect((await migrator.info())[1]).toMatchObject({
    state: 'failed',
    progress: { direction: 'up', doneStatements: 4 },
  });
  expect(await migrator.dryRun()).toMatchObject([{ name: 'Migration2', nextStatement: 4 }]);
  expect((await failure(migrator.down())).message).toContain(
    'Migration2: is partly applied: statements done: 4. Finish that first: `npx @ecommerce-dms/migrator up`',
  );

  await client.query('delete from item where ctid = (select min(ctid) from item)');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
  expect(await column(client, 'select value from other.log')).toEqual([1, 2]);
});

test("an existing index of the same name is not mistaken for the migration's", async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', ['create index concurrently item_id on item (id)']),
  ]);
  await migrator.up({ to: 'Migration1' });
  await client.query('create index item_id on item (id) where id > 5');
  for (const _ of [1, 2]) expect((await failure(migrator.up())).message).toContain('SQLSTATE 42P07');
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});

test('a half-applied migration whose statements changed is refused', async () => {
  const { url } = await openDatabase();
  const broken = ['create table a ()', 'vacuum nowhere'];
  await failure((await openMigrator(url, [migration('Migration1', broken)])).up());
  const changed = await openMigrator(url, [migration('Migration1', ['create table a ()', 'vacuum a'])]);
  expect(await states(changed)).toEqual(['Migration1 changed']);
  expect((await failure(changed.up())).message).toContain('changed after 1 of its statements had run (up)');
});

test('a half-reverted migration resumes down, and up is refused meanwhile', async () => {
  const { url, client } = await openDatabase();
  const down = [
    'insert into log values (1)',
    'drop index concurrently item_id',
    'insert into log values (2)',
  ];
  const list = [
    table,
    migration(
      'Migration2',
      ['create table log (value int)', 'create index concurrently item_id on item (id)'],
      down,
    ),
  ];
  const migrator = await openMigrator(url, list);
  await migrator.up();
  await client.query('drop index item_id');
  const { message } = await failure(migrator.down());
  expect(message).toContain('Migration Migration2 (down) failed at statement 2 of 3');
  expect((await migrator.info())[1]).toMatchObject({ state: 'failed', progress: { direction: 'down' } });
  expect((await failure(migrator.up())).message).toContain(
    'Migration2: is partly reverted: statements done: 1. Finish that first: `npx @ecommerce-dms/migrator down`',
  );
  const changed = migration(
    'Migration2',
    ['create table log (value int)', 'create index concurrently item_id on item (id)'],
    ['select 1'],
  );
  expect(await states(await openMigrator(url, [table, changed]))).toEqual([
    'Migration1 applied',
    'Migration2 changed',
  ]);

  await client.query('create index item_id on item (id)');
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select value from log')).toEqual([1, 2]);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
});

test('statements that PostgreSQL refuses in a transaction are run outside one', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      `create type mood as enum ('sad')`,
      'create table part (at int, mood mood) partition by range (at)',
      'create table part1 partition of part for values from (0) to (10)',
      'create index part1_at on part1 (at)',
    ]),
    migration('Migration2', [`alter type mood add value 'glad'`, `insert into part values (1, 'glad')`]),
    migration('Migration3', ['reindex index concurrently part1_at', 'vacuum (analyze) part1']),
    migration('Migration4', [
      'alter table part detach partition part1 concurrently; drop index concurrently part1_at',
    ]),
  ]);
  expect(await migrator.up()).toHaveLength(4);
  expect(await column(client, 'select mood::text from part1')).toEqual(['glad']);
  expect(await column(client, 'select count(*)::int from pg_inherits')).toEqual([0]);
});

test('isTransactional() of the migration is respected', async () => {
  const { url } = await openDatabase();
  class Outside extends Migration {
    override up(): void {
      this.addSql('create table a ()');
      this.addSql('select wrong');
    }
    override isTransactional(): boolean {
      return false;
    }
  }
  const { message } = await failure((await openMigrator(url, [{ name: 'Migration1', class: Outside }])).up());
  expect(message).toContain('(isTransactional() is false): 1 of its 2 statements are done');
});

test('the time of a failed attempt counts', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', ['select pg_sleep(0.2)', 'insert into missing values (1)', 'vacuum pg_class']),
  ]);
  await failure(migrator.up());
  await client.query('create table missing (id int)');
  await migrator.up();
  expect((await migrator.info())[0]?.executionMs).toBeGreaterThanOrEqual(200);
});

test('a statement whose record fails has not taken effect', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', ['insert into item values (2)', 'vacuum item']),
  ]);
  await migrator.up({ to: 'Migration1' });
  await client.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no record'; end $$;
    create trigger refuse before update of next_statement on migration_ledger for each row execute function refuse()`);
  expect((await failure(migrator.up())).message).toContain('no record');
  await client.query('drop trigger refuse on migration_ledger');
  await migrator.up();
  expect(await column(client, 'select id from item where id = 2')).toEqual([2]);
});

test('CREATE INDEX CONCURRENTLY leaves the time for locks of later statements as it was', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', [
      'create index concurrently item_id on item (id)',
      `create table seen as select current_setting('lock_timeout') as lock_timeout`,
    ]),
  ]);
  await migrator.up({ ddlLockAttemptMs: 70 });
  expect(await column(client, 'select lock_timeout from seen')).toEqual(['70ms']);
});

test('a record that fails does not repeat its statement, and the next run makes up for it', async () => {
  const { url, client } = await openDatabase();
  const steps = ['create index concurrently item_id on item (id)', 'drop index concurrently item_name'];
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      'create table item (id int, name text)',
      'create index item_name on item (name)',
    ]),
    migration('Migration2', steps),
  ]);
  await migrator.up({ to: 'Migration1' });
  await client.query(`create function refuse() returns trigger language plpgsql as $$
    begin
      if new.next_statement > old.next_statement then raise lock_not_available; end if;
      return new;
    end $$;
    create trigger refuse before update on migration_ledger for each row execute function refuse()`);
  const { code } = await failure(migrator.up({ ddlLockTimeoutMs: 300 }));
  expect(code).toBe('ledger-unwritable');
  expect(await indexesOf(client, 'item')).toEqual(['item_id true', 'item_name true']);
  await client.query('drop trigger refuse on migration_ledger');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});

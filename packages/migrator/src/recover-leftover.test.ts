import { expect, test } from 'vitest';
import { column, failure, openClient, openDatabase, openMigrator, states, until } from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const setUp = migration('Migration1', [
  'create table item (id int) partition by range (id)',
  'create table item1 partition of item for values from (0) to (10)',
  'create index item1_id on item1 (id)',
]);
const indexes = `select indexrelid::regclass || ' ' || indisvalid from pg_index where indrelid = 'item1'::regclass order by 1`;

/** Applies `setUp`, then aborts `list`'s last migration while it waits for a transaction that uses `item`. */
async function interrupt(
  last: ListedMigration,
  waitsFor: string,
): Promise<Awaited<ReturnType<typeof prepare>>> {
  const context = await prepare(last);
  const { url, client, migrator } = context;
  const user = await openClient(url);
  await user.query('begin; insert into item values (1)');
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(
    client,
    `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '${waitsFor}%')`,
  );
  controller.abort();
  expect((await run).code).toBe('migration-interrupted');
  await user.query('commit');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 failed']);
  return context;
}

async function prepare(last: ListedMigration) {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [setUp, last]);
  await migrator.up({ to: 'Migration1' });
  return { url, client, migrator };
}

test('an interrupted detachment is finished', async () => {
  const detach = migration('Migration2', ['alter table item detach partition item1 concurrently']);
  const { client, migrator } = await interrupt(detach, 'alter table item detach');
  expect(
    await column(
      client,
      'select inhdetachpending from pg_inherits where inhrelid::regclass::text = $$item1$$',
    ),
  ).toEqual([true]);
  await migrator.up();
  expect(
    await column(
      client,
      'select inhdetachpending from pg_inherits where inhrelid::regclass::text = $$item1$$',
    ),
  ).toEqual([]);
});

test('the leftover of an interrupted REINDEX CONCURRENTLY is dropped', async () => {
  const { client, migrator } = await interrupt(
    migration('Migration2', ['reindex table concurrently item1']),
    'reindex table concurrently',
  );
  expect(await column(client, indexes)).toEqual(['item1_id true', 'item1_id_ccnew false']);
  await migrator.up();
  expect(await column(client, indexes)).toEqual(['item1_id true']);
});

test('IF NOT EXISTS does not keep an invalid index', async () => {
  const { client, migrator } = await interrupt(
    migration('Migration2', ['create index concurrently if not exists item1_new on item1 (id)']),
    'create index concurrently',
  );
  expect(await column(client, indexes)).toEqual(['item1_id true', 'item1_new false']);
  await migrator.up();
  expect(await column(client, indexes)).toEqual(['item1_id true', 'item1_new true']);
});

test.each([
  ['create index concurrently item1_new on item1 (id)', ['item1_id true', 'item1_new true']],
  ['drop index concurrently item1_id', []],
  ['alter table item detach partition item1 concurrently', ['item1_id true']],
])('a kill between "%s" and its record does not repeat it', async (sql, expected) => {
  const { client, migrator } = await prepare(migration('Migration2', [sql]));
  await migrator.up();
  // What the kill would have left.
  await client.query(
    `update migration_ledger set state = 'running', next_statement = 0 where name = 'Migration2'`,
  );
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, indexes)).toEqual(expected);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});

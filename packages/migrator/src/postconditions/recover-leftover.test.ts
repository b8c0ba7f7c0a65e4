import { expect, test } from 'vitest';
import {
  column,
  failure,
  indexesOf,
  openClient,
  openDatabase,
  openMigrator,
  states,
  until,
  waitsForLock,
} from '../../test/fixtures.ts';
import { type ListedMigration, migration } from '../../test/migration.ts';

const setUp = migration('Migration1', [
  'create table item (id int) partition by range (id)',
  'create table item1 partition of item for values from (0) to (10)',
  'create index item1_id on item1 (id)',
]);
const detachPending = `select inhdetachpending from pg_inherits where inhrelid::regclass::text = 'item1'`;

/** Applies `setUp`, then aborts `last` while it waits for a transaction that uses `item`. */
async function interrupt(
  last: ListedMigration,
  waitingStatement: string,
): Promise<Awaited<ReturnType<typeof prepare>>> {
  const context = await prepare(last);
  const { url, client, migrator } = context;
  const user = await openClient(url);
  await user.query('begin; insert into item values (1)');
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(client, waitsForLock(waitingStatement));
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

test('an interrupted DETACH PARTITION CONCURRENTLY is finished', async () => {
  const detach = migration('Migration2', ['alter table item detach partition item1 concurrently']);
  const { client, migrator } = await interrupt(detach, 'alter table item detach');
  expect(await column(client, detachPending)).toEqual([true]);
  await migrator.up();
  expect(await column(client, detachPending)).toEqual([]);
});

test('the leftover of an interrupted REINDEX CONCURRENTLY is dropped', async () => {
  const { client, migrator } = await interrupt(
    migration('Migration2', ['reindex table concurrently item1']),
    'reindex table concurrently',
  );
  expect(await indexesOf(client, 'item1')).toEqual(['item1_id true', 'item1_id_ccnew false']);
  await migrator.up();
  expect(await indexesOf(client, 'item1')).toEqual(['item1_id true']);
});

test('IF NOT EXISTS does not keep an invalid index', async () => {
  const { client, migrator } = await interrupt(
    migration('Migration2', ['create index concurrently if not exists item1_new on item1 (id)']),
    'create index concurrently',
  );
  expect(await indexesOf(client, 'item1')).toEqual(['item1_id true', 'item1_new false']);
  await migrator.up();
  expect(await indexesOf(client, 'item1')).toEqual(['item1_id true', 'item1_new true']);
});

test.each([
  {
    sql: 'create index concurrently item1_new on item1 (id)',
    indexes: ['item1_id true', 'item1_new true'],
  },
  { sql: 'drop index concurrently item1_id', indexes: [] },
  { sql: 'alter table item detach partition item1 concurrently', indexes: ['item1_id true'] },
])('a kill between "$sql" and its record does not repeat it', async ({ sql, indexes }) => {
  const { client, migrator } = await prepare(migration('Migration2', [sql]));
  await migrator.up();
  // What the kill would have left.
  await client.query(
    `update migration_ledger set state = 'running', next_statement = 0 where name = 'Migration2'`,
  );
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await indexesOf(client, 'item1')).toEqual(indexes);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});

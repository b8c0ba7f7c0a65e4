import { expect, test } from 'vitest';
import { column, createLogin, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const list = [
  migration('Migration1', ['create table item (id int); insert into item values (1)', '  -- nothing\n']),
  migration('Migration2', ['create index concurrently item_id on item (id)']),
];

test('a user who may only read sees the statements, and nothing is created', async () => {
  const { url, client } = await openDatabase();
  const reader = `reader_${client.database}`;
  const migrator = await openMigrator(await createLogin(client, url, reader), list);
  await client.query(`alter role ${reader} set default_transaction_read_only = on`);
  expect(await migrator.dryRun()).toEqual([
    {
      name: 'Migration1',
      transactional: true,
      statements: ['create table item (id int)', 'insert into item values (1)'],
      isOpaque: false,
      isRecordedOnly: false,
      unknownLocks: [],
      nextStatement: 0,
    },
    {
      name: 'Migration2',
      transactional: false,
      nonTransactionalReason: 'CREATE INDEX CONCURRENTLY',
      statements: ['create index concurrently item_id on item (id)'],
      isOpaque: false,
      isRecordedOnly: false,
      unknownLocks: [],
      nextStatement: 0,
    },
  ]);
  expect(await states(migrator)).toEqual(['Migration1 pending', 'Migration2 pending']);
  expect(await migrator.getExecuted()).toEqual([]);
  expect(await migrator.getPending()).toHaveLength(2);
  expect(
    await column(client, `select count(*)::int from pg_class where relnamespace = 'public'::regnamespace`),
  ).toEqual([0]);

  await (await openMigrator(url, list)).up();
  expect((await failure(migrator.dryRun())).code).toBe('ledger-unreadable');
  await client.query(`grant select on migration_ledger to ${reader}`);
  expect(await migrator.dryRun()).toEqual([]);
  await client.query(`drop owned by ${reader}; drop role ${reader}`);
});

test('it names the statements whose locks are not known', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      'create table item (id int)',
      'do $$ begin end $$',
      'select lower($$A$$)',
      'call p()',
    ]),
  ]);
  expect((await migrator.dryRun())[0]?.unknownLocks).toEqual([
    { statement: 'do $$ begin end $$', reason: 'a DO block' },
    { statement: 'select lower($$A$$)', reason: 'a function' },
    { statement: 'call p()', reason: 'a procedure' },
  ]);
});

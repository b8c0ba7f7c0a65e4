import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const table = (n: number) =>
  migration(`Migration${n}`, [`create table t${n} (id int)`], [`drop table t${n}`]);
const [one, two, three, four] = [table(1), table(2), table(3), table(4)] as const;

test('the previous release passes on a database that is ahead, says so, and reverts nothing', async () => {
  const { url } = await openDatabase();
  await (await openMigrator(url, [one, two, three, four])).up();
  const log: string[] = [];
  const previous = await openMigrator(url, [one, two], {
    logger: (line) => log.push(line),
    colors: false,
    migrations: { silent: false },
  });
  expect(await previous.up()).toEqual([]);
  expect(log.join('\n')).toContain(
    'The database is ahead of this code by 2 migrations: Migration3, Migration4.',
  );
  expect(await states(previous)).toEqual([
    'Migration1 applied',
    'Migration2 applied',
    'Migration3 future',
    'Migration4 future',
  ]);
  expect(await previous.dryRun()).toEqual([]);
  const { code, message } = await failure(previous.down());
  expect(code).toBe('migrations-refused');
  expect(message).toContain('Migration4: is in the ledger and later than all of this code');
  expect(message).toContain('Revert it with the release that has it');
  const newer = await openMigrator(url, [one, two, three, four]);
  expect(await newer.down({ to: 'Migration2' })).toHaveLength(2);
  expect(await previous.down()).toEqual([{ name: 'Migration2' }]);
});

test('the previous release passes where a newer migration has failed half-way', async () => {
  const { url } = await openDatabase();
  const failing = migration('Migration2', ['create table half ()', 'vacuum nowhere']);
  await failure((await openMigrator(url, [one, failing])).up());
  const previous = await openMigrator(url, [one]);
  expect(await previous.up()).toEqual([]);
  expect(await previous.info()).toMatchObject([
    { state: 'applied' },
    { state: 'future', progress: { direction: 'up', doneStatements: 1 } },
  ]);
});

test('a gap is still missing, and code without any migration is not an earlier release', async () => {
  const { url, client } = await openDatabase();
  await (await openMigrator(url, [one, two, three])).up();
  const gap = await openMigrator(url, [one, three]);
  expect(await states(gap)).toEqual(['Migration1 applied', 'Migration2 missing', 'Migration3 applied']);
  expect((await failure(gap.up())).message).toContain('Migration2: is in the ledger and not in the code');
  const empty = await openMigrator(url, []);
  expect((await failure(empty.up())).message).toContain('Migration1: is in the ledger and not in the code');
  expect(await column(client, 'select count(*)::int from migration_ledger')).toEqual([3]);
});

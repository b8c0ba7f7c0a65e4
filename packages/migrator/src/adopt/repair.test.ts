import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';
import type { Migrator } from '../index.ts';

const one = migration('M1', ['create table one (id int)'], ['drop table one']);
const two = migration('M2', ['create table two (id int)'], ['drop table two']);
const failing = migration('M2', [
  'create table two (id int)',
  'create index concurrently two_id on two (id)',
  'insert into three values (1)',
]);

test('what needs a decision is shown with the commands that make it', async () => {
  const { url } = await openDatabase();
  const three = migration('M3', ['select 3']);
  await (await openMigrator(url, [one, two, three])).up();
  const changed = migration('M1', ['create table one (id bigint)']);
  const migrator = await openMigrator(url, [changed, three]);
  expect(await verdicts(migrator)).toEqual(['M1 changed', 'M2 undecided', 'M3 same']);
  expect(await migrator.repairNeeds()).toEqual([
    { name: 'M2', state: 'missing', commands: [repairCommand('--forget M2')] },
  ]);
  expect(await migrator.repair({ accept: ['M1'], forget: ['M2'] })).toEqual([
    { name: 'M2', decision: 'forget' },
    { name: 'M1', decision: 'accept' },
  ]);
  expect(await verdicts(migrator)).toEqual(['M1 same', 'M3 same']);
  expect(await migrator.repairNeeds()).toEqual([]);
});

async function verdicts(migrator: Migrator): Promise<string[]> {
  return (await migrator.validate()).map(({ name, verdict }) => `${name} ${verdict}`);
}

function repairCommand(flags: string): string {
  return `\`npx @ecommerce-dms/migrator repair ${flags}\``;
}

test('a half-applied migration is called applied, or forgotten and run again', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [one, failing]);
  await failure(migrator.up());
  expect((await migrator.repairNeeds()).map(({ name, state }) => [name, state])).toEqual([['M2', 'failed']]);
  await client.query('create table three (id int)');
  await migrator.repair({ markApplied: ['M2'] });
  expect(await states(migrator)).toEqual(['M1 applied', 'M2 applied']);
  expect(await migrator.up()).toEqual([]);
  await client.query('drop table two');
  await migrator.repair({ forget: ['M2'] });
  expect(await migrator.up()).toEqual([{ name: 'M2' }]);
  expect(await column(client, 'select id from three')).toEqual([1]);
});

test('a decision that does not fit is refused, and no other is carried out', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [one, failing]);
  await failure(migrator.up());
  const { code, message } = await failure(
    migrator.repair({ markApplied: ['M1'], accept: ['M2', 'M9'], forget: ['M2'] }),
  );
  expect(code).toBe('migrations-refused');
  expect(message.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^- M1: is applied, and --mark-applied is for: failed/),
    expect.stringMatching(/^- M2: is failed, and --accept is for: changed/),
    expect.stringMatching(/^- M9: is neither in the code nor in the ledger/),
    expect.stringMatching(/^- M2: is named twice/),
  ]);
  expect(await states(migrator)).toEqual(['M1 applied', 'M2 failed']);
});

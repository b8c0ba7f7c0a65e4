import { expect, test } from 'vitest';
import { openDatabase, openMigrator } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';
import { resolveLocks } from '../locks/resolve-locks.ts';
import { planMigration } from '../plan-migration.ts';
import { withShadowDatabase } from '../shadow/shadow-database.ts';
import { measure, type Prediction } from './measure.ts';
import { applyOn } from './run-migrations.ts';

const statements = [
  'create table item (id int primary key, name text)',
  'create table part (id int primary key, item_id int)',
  'create index part_id on part (id)',
];
const changes = [
  'alter table part add foreign key (item_id) references item',
  'alter table item add note text',
];

/** What the measurement finds that `predict` has not expected. */
async function unpredicted(predict: Prediction, list: readonly string[]): Promise<unknown[]> {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [migration('M1', statements), migration('M2', list)]);
  return withShadowDatabase({ connectionString: url }, async (session) => {
    const subject = { driver: migrator['driver'], name: 'M2' };
    expect(await applyOn({ ...subject, name: 'M1' }, session)).toBeUndefined();
    const [, source] = await migrator['discoverMigrations']();
    if (source === undefined) throw new Error('M2 was not found.');
    const plans = [await planMigration(source, 'up', migrator['driver'])];
    return (await measure(subject, plans, session, predict)).map((each) => each.unpredicted);
  });
}

test('a lock that is stronger than the prediction is found, and one that is as strong is not', async () => {
  expect(await unpredicted(resolveLocks, changes)).toEqual([[], []]);
  const blind: Prediction = async () => [];
  // The migrator itself takes what it expects before the first statement.
  expect(await unpredicted(blind, ['create index concurrently item_name on item (name)'])).toEqual([
    [{ table: 'public.item', mode: 'share update exclusive' }],
  ]);
  expect(
    await unpredicted(blind, [
      'drop index concurrently part_id',
      'create index concurrently part_id on part (id)',
    ]),
  ).toEqual([
    [{ table: 'public.part', mode: 'share update exclusive' }],
    [{ table: 'public.part', mode: 'share update exclusive' }],
  ]);
});

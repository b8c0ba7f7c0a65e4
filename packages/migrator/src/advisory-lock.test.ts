import { expect, test } from 'vitest';
import { appliedBy, startUp } from '../test/child.ts';
import {
  column,
  failure,
  indexesOf,
  openClient,
  openDatabase,
  openMigrator,
  states,
  takeLock,
} from '../test/fixtures.ts';
import { scenarios } from '../test/scenarios.ts';
import { lockClass } from './advisory-lock.ts';

const { data, index } = scenarios;
const runLock = `${lockClass('migration_ledger')}, 1`;

test('of two processes, one applies and the other finds nothing to do', async () => {
  const { url, client } = await openDatabase();
  const applied = await Promise.all([appliedBy(startUp(url, 'data')), appliedBy(startUp(url, 'data'))]);
  expect(applied.sort((a, b) => a.length - b.length)).toEqual([[], ['Migration1', 'Migration2']]);
  expect(await column(client, 'select value from counter')).toEqual([1]);
  expect(await column(client, 'select name from migration_ledger order by id')).toEqual([
    'Migration1',
    'Migration2',
  ]);
});

test('two runs of one migrator take turns', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, data, { pool: { min: 0, max: 1 } });
  const applied = await Promise.all([migrator.up(), migrator.up()]);
  expect(applied.map(({ length }) => length).sort()).toEqual([0, 2]);
  expect(await column(client, 'select value from counter')).toEqual([1]);
});

test('a run that waits too long names the holder, and changes nothing', async () => {
  const { url, client } = await openDatabase();
  const holder = await openClient(`${url}?application_name=other-deploy`);
  await takeLock(holder, 'run');
  const [pid] = await column(holder, 'select pg_backend_pid()');
  const migrator = await openMigrator(url, data);
  const { code, message, hint } = await failure(migrator.up({ lockTimeoutMs: 50 }));
  expect(code).toBe('migration-locked');
  expect(message).toContain(`pid ${pid}, application_name "other-deploy", user postgres`);
  expect(hint).toContain('pg_terminate_backend');
  expect(await column(client, `select to_regclass('migration_ledger')::text`)).toEqual([null]);
  // Reading does not need the lock.
  expect(await states(migrator)).toEqual(['Migration1 pending', 'Migration2 pending']);
  await holder.query(`select pg_advisory_unlock(${runLock})`);
  expect(await migrator.up({ lockTimeoutMs: 0 })).toHaveLength(2);
});

test('a run waits for the server to end a statement of a killed run', async () => {
  const { url } = await openDatabase();
  const orphan = await openClient(url);
  await takeLock(orphan, 'work');
  const migrator = await openMigrator(url, data);
  const { code, message } = await failure(migrator.up({ lockTimeoutMs: 50 }));
  expect(code).toBe('migration-locked');
  expect(message).toContain('is still executing a statement of a run whose process is gone');
  await orphan.query('select pg_advisory_unlock_all()');
  expect(await migrator.up()).toHaveLength(2);
});

test('the lock is free after success, failure and refusal', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, data);
  const isFree = async (): Promise<unknown> => {
    const [free] = await column(client, `select pg_try_advisory_lock(${runLock})`);
    await client.query('select pg_advisory_unlock_all()');
    return free;
  };
  await migrator.up();
  expect(await isFree()).toBe(true);
  await failure(migrator.down());
  expect(await isFree()).toBe(true);
  await failure((await openMigrator(url, [])).up());
  expect(await isFree()).toBe(true);
});

test('a waiting run does not block CREATE INDEX CONCURRENTLY', async () => {
  const { url, client } = await openDatabase();
  const [migrator, waiting] = [await openMigrator(url, index), await openMigrator(url, index)];
  const applied = await Promise.all([migrator.up(), waiting.up()]);
  expect(applied.map(({ length }) => length).sort()).toEqual([0, 2]);
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});

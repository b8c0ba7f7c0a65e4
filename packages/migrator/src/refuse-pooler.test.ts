import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, failure, openClient, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';
import { startPooler } from '../test/pooler.ts';
import { lockClass } from './advisory-lock.ts';

const list = [migration('Migration1', ['create table item (id int)', 'insert into item values (1)'])];

/** What a run must not leave on a session that others use. */
async function advisoryLocks(client: Client): Promise<unknown[]> {
  return await column(
    client,
    `select objid from pg_locks where locktype = 'advisory' and classid = ${lockClass('migration_ledger')}
     and database = (select oid from pg_database where datname = current_database())`,
  );
}

test.each([{ mode: 'transaction' }, { mode: 'statement' }] as const)(
  'a pooler in $mode mode is refused before anything is locked, and the direct URL helps',
  async ({ mode }) => {
    const { url, client } = await openDatabase();
    const pooled = await startPooler(url, { mode });
    const application = await openClient(pooled);
    await application.query('select 1');
    const { code, message, hint } = await failure((await openMigrator(pooled, list)).up());
    expect(code).toBe('migration-pooled');
    expect(message).toContain('Nothing was locked or changed');
    expect(hint).toContain('direct URL');
    expect(await advisoryLocks(client)).toEqual([]);
    expect(await column(client, `select to_regclass('migration_ledger')::text`)).toEqual([null]);
    for (const setting of ['lock_timeout', 'statement_timeout', 'idle_session_timeout']) {
      expect((await application.query(`show ${setting}`)).rows).toEqual([{ [setting]: '0' }]);
    }
    const direct = await openMigrator(url, list);
    expect(await direct.up()).toHaveLength(1);
  },
);

test('it is recognized while others keep it busy', async () => {
  const { url } = await openDatabase();
  const pooled = await startPooler(url, { mode: 'transaction' });
  const end = new AbortController();
  const others = Array.from({ length: 4 }, async () => {
    const client = await openClient(pooled);
    while (!end.signal.aborted) await client.query('begin; select pg_sleep(0.002); commit');
  });
  const { code } = await failure((await openMigrator(pooled, list)).up());
  end.abort();
  await Promise.all(others);
  expect(code).toBe('migration-pooled');
});

test('a pooler in session mode is accepted', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(await startPooler(url, { mode: 'session' }), list);
  expect(await migrator.up()).toHaveLength(1);
  expect(await states(migrator)).toEqual(['Migration1 applied']);
});

test('one that hides is noticed during the run, and its sessions are left without our lock and settings', async () => {
  const { url, client } = await openDatabase();
  const pooled = await startPooler(url, { mode: 'transaction', showsBackend: true });
  const { code } = await failure((await openMigrator(pooled, list)).up());
  expect(['migration-pooled', 'migration-lock-lost']).toContain(code);
  expect(await column(client, `select to_regclass('item')::text`)).toEqual([null]);
  await expect.poll(() => advisoryLocks(client)).toEqual([]);
  const direct = await openMigrator(url, list);
  expect(await direct.up({ lockTimeoutMs: 0 })).toHaveLength(1);
});

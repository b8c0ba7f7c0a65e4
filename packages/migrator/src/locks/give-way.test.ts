import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import { expect, onTestFinished, test } from 'vitest';
import { column, openClient, openMigrator, until } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';

test('autovacuum gives way, and no query waits for that', async () => {
  // A server of its own: how often autovacuum looks is a setting of the whole server.
  const cluster = await startTestCluster();
  onTestFinished(() => cluster.stop());
  const client = await openClient(cluster.url);
  await client.query(`alter system set autovacuum_naptime = '1s'`);
  await client.query('select pg_reload_conf()');
  // So slow that it would take minutes.
  await client.query(`create table item (id int) with (autovacuum_vacuum_threshold = 0,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`);
  await client.query('insert into item select generate_series(1, 100000)');
  await client.query('delete from item where id % 2 = 0');
  const vacuum = `exists (select from pg_locks l join pg_stat_activity a using (pid)
    where a.backend_type = 'autovacuum worker' and l.relation = 'item'::regclass
      and l.mode = 'ShareUpdateExclusiveLock' and l.granted and a.xact_start < now() - interval '1 s')`;
  await until(client, vacuum);
  const migrator = await openMigrator(cluster.url, [
    migration('Migration1', ['alter table item add column name text']),
  ]);
  const end = new AbortController();
  let longestMs = 0;
  const readers = (async () => {
    while (!end.signal.aborted) {
      const startMs = performance.now();
      await client.query('select from item limit 1');
      longestMs = Math.max(longestMs, performance.now() - startMs);
    }
  })();
  expect(await migrator.up({ ddlLockTimeoutMs: 30_000 })).toHaveLength(1);
  end.abort();
  await readers;
  // `deadlock_timeout` is 1 s: what a query would wait in the queue behind the ALTER.
  expect(longestMs).toBeLessThan(900);
  expect(
    await column(
      client,
      `select count(*)::int from pg_attribute where attrelid = 'item'::regclass and attname = 'name'`,
    ),
  ).toEqual([1]);
});

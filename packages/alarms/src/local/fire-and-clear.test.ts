import { escapeLiteral } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMonitoredCluster, type MonitoredCluster } from '../../test/cluster.ts';
import { replicaDefinitions, withThreshold, writerDefinitions } from '../../test/definitions.ts';
import type { AlarmId } from '../alarm-definition.ts';
import { evaluateLocally, type LocalAlarm } from './evaluate-locally.ts';

const mib = 2 ** 20;

let cluster: MonitoredCluster;
beforeAll(async () => {
  cluster = await startMonitoredCluster();
}, 60_000);
afterAll(() => cluster.stop());

/** The one alarm with this threshold, on the server of its role. */
async function evaluated(id: AlarmId, threshold: number): Promise<LocalAlarm | undefined> {
  const ofWriter = withThreshold(writerDefinitions, id, threshold);
  const definitions = ofWriter.length > 0 ? ofWriter : withThreshold(replicaDefinitions, id, threshold);
  const { writerUrl, readerUrl } = cluster;
  const { alarms } = await evaluateLocally({
    writerUrl,
    readerUrls: [readerUrl],
    definitions,
    intervalMs: 5,
  });
  return alarms[0];
}

async function stateOf(id: AlarmId, threshold: number): Promise<string | undefined> {
  return (await evaluated(id, threshold))?.state;
}

const soon = { timeout: 15_000, interval: 50 };

describe('fires and clears', () => {
  test('database-connections', async () => {
    const { value } = (await evaluated('database-connections', 90)) ?? {};
    const threshold = (value ?? 0) + 4;
    const clients = await Promise.all(Array.from({ length: 5 }, () => cluster.connect()));
    expect(await stateOf('database-connections', threshold)).toBe('alarm');
    await Promise.all(clients.map((client) => client.end()));
    await expect.poll(() => stateOf('database-connections', threshold), soon).toBe('ok');
  });

  test('db-load', async () => {
    const clients = await Promise.all(Array.from({ length: 3 }, () => cluster.connect()));
    const sleeps = clients.map((client) =>
      client.query('select pg_sleep(600)').catch((error: unknown) => error),
    );
    await expect.poll(() => stateOf('db-load', 2), soon).toBe('alarm');
    await cluster.admin.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
    );
    await Promise.all(sleeps);
    expect(await stateOf('db-load', 2)).toBe('ok');
  });

  test('replica-lag, while replay is paused', async () => {
    await cluster.standbyAdmin.query('select pg_wal_replay_pause()');
    await expect
      .poll(
        async () =>
          (await cluster.standbyAdmin.query('select pg_get_wal_replay_pause_state() as state')).rows[0].state,
        soon,
      )
      .toBe('paused');
    await cluster.admin.query('create table lagging as select 1 as id');
    await expect.poll(() => stateOf('replica-lag', 0), soon).toBe('alarm');
    await cluster.standbyAdmin.query('select pg_wal_replay_resume()');
    await expect.poll(() => stateOf('replica-lag', 0), soon).toBe('ok');
  });

  test('replication-stopped, while the standby receives nothing', async () => {
    const { rows } = await cluster.standbyAdmin.query('show primary_conninfo');
    const connectTo = async (conninfo: string) => {
      await cluster.standbyAdmin.query(`alter system set primary_conninfo = ${escapeLiteral(conninfo)}`);
      await cluster.standbyAdmin.query('select pg_reload_conf()');
    };
    await connectTo('');
    await expect.poll(() => stateOf('replication-stopped', 0), soon).toBe('alarm');
    expect(await evaluated('replica-lag', 60)).toMatchObject({ state: 'ok', value: -1 });
    await connectTo(String(rows[0]?.['primary_conninfo']));
    await expect.poll(() => stateOf('replication-stopped', 0), soon).toBe('ok');
  });

  test('replication-slot-lag, for a slot that nobody reads', async () => {
    await cluster.admin.query(`select pg_create_physical_replication_slot('held', true)`);
    await writeWal(2);
    expect(await stateOf('replication-slot-lag', 20 * mib)).toBe('alarm');
    await cluster.admin.query(`select pg_drop_replication_slot('held')`);
    await expect.poll(() => stateOf('replication-slot-lag', 20 * mib), soon).toBe('ok');
  });

  test('transaction-logs-disk-usage and free-storage', async () => {
    const { value: wal = 0 } = (await evaluated('transaction-logs-disk-usage', 0)) ?? {};
    const { value: free = 0 } = (await evaluated('free-storage-low', 0)) ?? {};
    await cluster.admin.query(`select pg_create_physical_replication_slot('held', true)`);
    await writeWal(6);
    expect(await stateOf('transaction-logs-disk-usage', Number(wal) + 40 * mib)).toBe('alarm');
    expect(await stateOf('free-storage-low', Number(free) - 40 * mib)).toBe('alarm');
    await cluster.admin.query(`select pg_drop_replication_slot('held')`);
    const checkpointed = async (id: AlarmId, threshold: number) => {
      await cluster.admin.query('checkpoint');
      return await stateOf(id, threshold);
    };
    await expect
      .poll(() => checkpointed('transaction-logs-disk-usage', Number(wal) + 40 * mib), soon)
      .toBe('ok');
    expect(await stateOf('free-storage-low', Number(free) - 40 * mib)).toBe('ok');
  });

  test('checkpoint-lag, from one segment of WAL on', async () => {
    // The cluster's own value has a checkpoint follow a few segments.
    await cluster.admin.query(`alter system set max_wal_size = '1GB'`);
    await cluster.admin.query('select pg_reload_conf()');
    await cluster.admin.query('checkpoint');
    expect(await evaluated('checkpoint-lag', 0)).toMatchObject({ state: 'ok', value: 0 });
    await writeWal(2);
    expect(await stateOf('checkpoint-lag', 0)).toBe('alarm');
    await cluster.admin.query('checkpoint');
    expect(await stateOf('checkpoint-lag', 0)).toBe('ok');
  });

  test('transaction-ids, until everything is frozen', async () => {
    await cluster.admin.query(
      'do $$ begin for i in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$',
    );
    expect(await stateOf('transaction-ids', 2999)).toBe('alarm');
    await cluster.admin.query('alter database template0 allow_connections true');
    const { rows } = await cluster.admin.query<{ datname: string }>('select datname from pg_database');
    for (const { datname } of rows) {
      const client = await cluster.connect(datname);
      await client.query('vacuum (freeze)');
      await client.end();
    }
    expect(await stateOf('transaction-ids', 2999)).toBe('ok');
  });

  test('worker-silent, until one leads', async () => {
    expect(await stateOf('worker-silent', 1)).toBe('alarm');
    const leader = await cluster.connect();
    await leader.query(`set application_name = 'shop worker leader 1'`);
    expect(await stateOf('worker-silent', 1)).toBe('ok');
    await leader.end();
    await expect.poll(() => stateOf('worker-silent', 1), soon).toBe('alarm');
  });

  test('deadlocks, counted between readings', async () => {
    const stop = new AbortController();
    const deadlocks = (async () => {
      while (!stop.signal.aborted) await deadlock();
    })();
    const { writerUrl } = cluster;
    const definitions = withThreshold(writerDefinitions, 'deadlocks', 1);
    const watch = async () => {
      const { alarms } = await evaluateLocally({ writerUrl, definitions, samples: 2, intervalMs: 300 });
      return alarms[0]?.state;
    };
    await expect.poll(watch, soon).toBe('alarm');
    stop.abort();
    await deadlocks;
    await expect.poll(watch, soon).toBe('ok');
  });
});

/** Fills and switches this many WAL segments. */
async function writeWal(segments: number): Promise<void> {
  for (let segment = 0; segment < segments; segment++) {
    await cluster.admin.query(`select pg_logical_emit_message(false, 'test', repeat('x', 1000))`);
    await cluster.admin.query('select pg_switch_wal()');
  }
  await cluster.admin.query(`select pg_logical_emit_message(false, 'test', repeat('x', 1000))`);
}

async function deadlock(): Promise<void> {
  const [one, other] = await Promise.all([cluster.connect(), cluster.connect()]);
  await one.query('begin; select pg_advisory_xact_lock(1)');
  await other.query('begin; select pg_advisory_xact_lock(2)');
  const outcomes = await Promise.allSettled([
    one.query('select pg_advisory_xact_lock(2)'),
    other.query('select pg_advisory_xact_lock(1)'),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  // A session reports its statistics at the latest when it ends.
  await Promise.all([one.end(), other.end()]);
}

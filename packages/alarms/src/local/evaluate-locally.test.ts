import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { escapeLiteral } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMonitoredCluster, type MonitoredCluster } from '../../test/cluster.ts';
import type { AlarmDefinition, AlarmId } from '../alarm-definition.ts';
import { alarmDefinitions } from '../alarm-definitions.ts';
import { evaluateLocally, type LocalAlarm } from './evaluate-locally.ts';
import { renderAlarms } from './render-alarms.ts';

const instance = { instanceClass: 'db.t4g.medium', allocatedStorageGib: 20, maxConnections: 100 };
const writer = alarmDefinitions({ ...instance, logExports: true });
const replica = alarmDefinitions({ ...instance, replica: true });
const mib = 2 ** 20;

let cluster: MonitoredCluster;
beforeAll(async () => {
  cluster = await startMonitoredCluster();
}, 60_000);
afterAll(() => cluster.stop());

function lowered(definitions: readonly AlarmDefinition[], id: AlarmId, threshold: number): AlarmDefinition[] {
  return definitions.filter((definition) => definition.id === id).map((alarm) => ({ ...alarm, threshold }));
}

/** The one alarm with this threshold, on the server of its role. */
async function evaluated(id: AlarmId, threshold: number): Promise<LocalAlarm | undefined> {
  const ofWriter = lowered(writer, id, threshold);
  const definitions = ofWriter.length > 0 ? ofWriter : lowered(replica, id, threshold);
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

test('a healthy writer and standby: what SQL can tell is ok, the rest is not evaluable', async () => {
  const { writerUrl, readerUrl } = cluster;
  const definitions = [...writer, ...replica];
  const evaluation = await evaluateLocally({ writerUrl, readerUrls: [readerUrl], definitions });
  expect(evaluation.unreachable).toEqual([]);
  expect(evaluation.alarms).toHaveLength(definitions.length);
  const idsIn = (state: string) =>
    evaluation.alarms
      .filter((alarm) => alarm.state === state)
      .map((alarm) => `${alarm.instance}: ${alarm.definition.id}`);
  expect(idsIn('alarm')).toEqual([]);
  expect(idsIn('insufficient')).toEqual([]);
  const everywhere = [
    'instance-not-reporting',
    'db-load',
    'database-connections',
    'free-storage-low',
    'free-storage-critical',
    'transaction-logs-disk-usage',
  ];
  expect(idsIn('ok').toSorted()).toEqual(
    [
      ...everywhere.map((id) => `writer: ${id}`),
      ...[
        'transaction-ids',
        'transaction-ids-critical',
        'replication-slot-lag',
        'checkpoint-lag',
        'deadlocks',
      ].map((id) => `writer: ${id}`),
      ...[...everywhere, 'replica-lag', 'replication-stopped'].map((id) => `reader 1: ${id}`),
    ].toSorted(),
  );
});

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

  test('deadlocks, counted between readings', async () => {
    const definitions = lowered(writer, 'deadlocks', 1);
    const { writerUrl } = cluster;
    const watched = evaluateLocally({ writerUrl, definitions, samples: 2, intervalMs: 2000 });
    await deadlock();
    expect((await watched).alarms).toMatchObject([{ state: 'alarm', value: 1 }]);
    expect(await stateOf('deadlocks', 1)).toBe('ok');
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

describe('without a verdict', () => {
  test('a server that is not there: its own alarm fires, the others are insufficient', async () => {
    const writerUrl = 'postgres://monitor:monitor-secret@127.0.0.1:1/postgres';
    const evaluation = await evaluateLocally({ writerUrl, definitions: writer, intervalMs: 1 });
    expect(evaluation.unreachable).toEqual(['writer']);
    const states = new Map(evaluation.alarms.map(({ definition, state }) => [definition.id, state]));
    expect(states.get('instance-not-reporting')).toBe('alarm');
    expect(states.get('db-load')).toBe('insufficient');
    expect(states.get('database-connections')).toBe('insufficient');
    expect(states.get('cpu-utilization')).toBe('not-evaluable');
    expect([...states.values()]).not.toContain('ok');
    expect(renderAlarms(evaluation)).not.toContain('secret');
  });

  test('a server that takes no connection does not report either', async () => {
    await cluster.admin.query('alter role monitor connection limit 0');
    try {
      expect(await evaluated('instance-not-reporting', 1)).toMatchObject({
        state: 'alarm',
        reason: expect.stringContaining('too many connections'),
      });
    } finally {
      await cluster.admin.query('alter role monitor connection limit -1');
    }
  });

  test('a standby in the place of the writer, a writer in the place of a standby, no reader at all', async () => {
    const { writerUrl, readerUrl } = cluster;
    const [load] = await evaluateOne(readerUrl, []);
    expect(load).toMatchObject({ state: 'not-evaluable', reason: 'this server is a standby' });
    const [, lag] = await evaluateOne(writerUrl, [writerUrl]);
    expect(lag).toMatchObject({ state: 'not-evaluable', reason: 'this server is not a standby' });
    const [, missing] = await evaluateOne(writerUrl, []);
    expect(missing).toMatchObject({ state: 'not-evaluable', reason: 'no reader was given' });
  });
});

async function evaluateOne(writerUrl: string, readerUrls: string[]): Promise<readonly LocalAlarm[]> {
  const definitions = [...lowered(writer, 'db-load', 2), ...lowered(replica, 'replica-lag', 60)];
  return (await evaluateLocally({ writerUrl, readerUrls, definitions, samples: 1 })).alarms;
}

describe('refuses', () => {
  test.each([
    ['a wrong password', (url: URL) => (url.password = 'wrong-secret'), /password authentication failed/],
    ['a database that does not exist', (url: URL) => (url.pathname = 'nowhere'), /"nowhere" does not exist/],
  ])('%s, without showing the password', async (_name, change, message) => {
    const url = new URL(cluster.writerUrl);
    change(url);
    const refusal = evaluateLocally({ writerUrl: url.href, definitions: writer });
    await expect(refusal).rejects.toMatchObject({
      code: 'monitoring-refused',
      message: expect.stringMatching(message),
    });
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  test('a role without pg_monitor, and says what to grant', async () => {
    await cluster.admin.query('revoke pg_monitor from monitor');
    try {
      const { writerUrl } = cluster;
      await expect(evaluateLocally({ writerUrl, definitions: writer })).rejects.toMatchObject({
        code: 'monitoring-refused',
        hint: expect.stringContaining('GRANT pg_monitor'),
      });
    } finally {
      await cluster.admin.query('grant pg_monitor to monitor');
    }
  });
});

test('an interrupt ends the wait for a server that hangs', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const accepted = new Promise((connection) => server.once('connection', connection));
  const interrupt = new AbortController();
  const { port } = server.address() as AddressInfo;
  const writerUrl = `postgres://monitor@127.0.0.1:${port}/postgres`;
  const evaluation = evaluateLocally({ writerUrl, definitions: writer, signal: interrupt.signal });
  await accepted;
  const reason = new Error('interrupted');
  interrupt.abort(reason);
  await expect(evaluation).rejects.toBe(reason);
  server.close();
});

test('databases that come and go are no failure', async () => {
  const stop = new AbortController();
  const churn = (async () => {
    while (!stop.signal.aborted) {
      await cluster.admin.query('create database fleeting strategy file_copy');
      await cluster.admin.query('drop database fleeting');
    }
  })();
  const { writerUrl } = cluster;
  const definitions = lowered(writer, 'free-storage-low', 0);
  const { alarms } = await evaluateLocally({ writerUrl, definitions, samples: 100, intervalMs: 1 });
  stop.abort();
  await churn;
  expect(alarms).toMatchObject([{ state: 'ok' }]);
});

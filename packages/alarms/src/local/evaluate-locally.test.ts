import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMonitoredCluster, type MonitoredCluster } from '../../test/cluster.ts';
import { replicaDefinitions, withThreshold, writerDefinitions } from '../../test/definitions.ts';
import { evaluateLocally, type LocalAlarm } from './evaluate-locally.ts';
import { renderAlarms } from './render-alarms.ts';

let cluster: MonitoredCluster;
beforeAll(async () => {
  cluster = await startMonitoredCluster();
}, 60_000);
afterAll(() => cluster.stop());

test('on a healthy writer and standby all that SQL can measure is ok, and the rest not evaluable', async () => {
  const { writerUrl, readerUrl } = cluster;
  const definitions = [...writerDefinitions, ...replicaDefinitions];
  const worker = await cluster.connect();
  await worker.query(`set application_name = 'shop worker leader 1'`);
  const evaluation = await evaluateLocally({ writerUrl, readerUrls: [readerUrl], definitions });
  await worker.end();
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
        'worker-silent',
      ].map((id) => `writer: ${id}`),
      ...[...everywhere, 'replica-lag', 'replication-stopped'].map((id) => `reader 1: ${id}`),
    ].toSorted(),
  );
});

describe('without a verdict', () => {
  test('a server that is not there: its own alarm fires, the others are insufficient', async () => {
    const writerUrl = 'postgres://monitor:monitor-secret@127.0.0.1:1/postgres';
    const evaluation = await evaluateLocally({ writerUrl, definitions: writerDefinitions, intervalMs: 1 });
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
      const { writerUrl } = cluster;
      const { alarms } = await evaluateLocally({ writerUrl, definitions: writerDefinitions, intervalMs: 1 });
      expect(alarms.find(({ definition }) => definition.id === 'instance-not-reporting')).toMatchObject({
        state: 'alarm',
        reason: expect.stringContaining('too many connections'),
      });
    } finally {
      await cluster.admin.query('alter role monitor connection limit -1');
      await cluster.replicated();
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
  const definitions = [
    ...withThreshold(writerDefinitions, 'db-load', 2),
    ...withThreshold(replicaDefinitions, 'replica-lag', 60),
  ];
  return (await evaluateLocally({ writerUrl, readerUrls, definitions, samples: 1 })).alarms;
}

describe('refuses', () => {
  test.each([
    {
      what: 'a wrong password',
      change: { password: 'wrong-secret' },
      message: /password authentication failed/,
    },
    {
      what: 'a database that does not exist',
      change: { pathname: 'nowhere' },
      message: /"nowhere" does not exist/,
    },
  ])('$what, without showing the password', async ({ change, message }) => {
    const url = new URL(cluster.writerUrl);
    Object.assign(url, change);
    const refusal = evaluateLocally({ writerUrl: url.href, definitions: writerDefinitions });
    await expect(refusal).rejects.toMatchObject({
      code: 'monitoring-refused',
      message: expect.stringMatching(message),
    });
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  test('a URL that cannot be read, without showing it', async () => {
    const refusal = evaluateLocally({
      writerUrl: 'postgres://me:s3/cret@db/x',
      definitions: writerDefinitions,
    });
    await expect(refusal).rejects.toMatchObject({ code: 'invalid-database-url' });
    await expect(refusal).rejects.not.toThrow(/s3|cret/);
  });

  test('a role without pg_monitor, and says what to grant', async () => {
    await cluster.admin.query('revoke pg_monitor from monitor');
    try {
      const { writerUrl } = cluster;
      await expect(evaluateLocally({ writerUrl, definitions: writerDefinitions })).rejects.toMatchObject({
        code: 'monitoring-refused',
        hint: expect.stringContaining('GRANT pg_monitor'),
      });
    } finally {
      await cluster.admin.query('grant pg_monitor to monitor');
      await cluster.replicated();
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
  const evaluation = evaluateLocally({ writerUrl, definitions: writerDefinitions, signal: interrupt.signal });
  await accepted;
  const reason = new Error('interrupted');
  interrupt.abort(reason);
  await expect(evaluation).rejects.toBe(reason);
  server.close();
});

test('an interrupt ends the wait between two readings', async () => {
  const interrupt = new AbortController();
  const evaluation = evaluateLocally({
    writerUrl: cluster.writerUrl,
    definitions: writerDefinitions,
    intervalMs: 600_000,
    signal: interrupt.signal,
  });
  // Wherever it is by now, connecting or waiting.
  await cluster.admin.query('select pg_sleep(0.2)');
  const reason = new Error('interrupted');
  interrupt.abort(reason);
  await expect(evaluation).rejects.toBe(reason);
});

test('a server that refuses ends the evaluation of the others', async () => {
  const refused = new URL(cluster.writerUrl);
  refused.password = 'wrong-secret';
  const definitions = [...writerDefinitions, ...replicaDefinitions];
  const { readerUrl } = cluster;
  const evaluation = evaluateLocally({
    writerUrl: readerUrl,
    readerUrls: [refused.href],
    definitions,
    intervalMs: 600_000,
  });
  await expect(evaluation).rejects.toMatchObject({ code: 'monitoring-refused' });
});

test('databases that come and go are no failure', async () => {
  const stop = new AbortController();
  const churn = (async () => {
    while (!stop.signal.aborted) {
      await cluster.admin.query('create database fleeting template template0 strategy file_copy');
      await cluster.admin.query('drop database fleeting');
    }
  })();
  const { writerUrl } = cluster;
  const definitions = withThreshold(writerDefinitions, 'free-storage-low', 0);
  const { alarms } = await evaluateLocally({ writerUrl, definitions, samples: 100, intervalMs: 1 });
  stop.abort();
  await churn;
  expect(alarms).toMatchObject([{ state: 'ok' }]);
});

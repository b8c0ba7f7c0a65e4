import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  catalogChecks,
  driftCheck,
  type FindContext,
  type FindingsCheck,
  rowCheck,
  table,
  validate,
} from './index.ts';

const Item = defineEntity({
  name: 'Item',
  checks: [{ name: 'item_amount_check', expression: 'amount >= 0' }],
  properties: { id: p.integer().primary(), amount: p.integer() },
});
const entities = [Item];
const small = rowCheck({
  id: 'small',
  description: 'amounts are small',
  on: table('item'),
  that: 'amount < 90',
});

let directory: string;
let cluster: Cluster;
let writer: Client;
let standbyUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'validator-'));
  cluster = await startCluster({
    directory: join(directory, 'cluster'),
    standbys: 1,
    settings: { hot_standby_feedback: 'off', max_standby_streaming_delay: '50ms' },
  });
  writer = new Client(cluster.adminUrl);
  await writer.connect();
  const standby = new URL(cluster.adminUrl);
  standby.port = String(cluster.standbys[0]?.port);
  standbyUrl = standby.href;
  const orm = new MikroORM({ entities, dbName: 'not-used' });
  await writer.query(await orm.schema.getCreateSchemaSQL({ wrap: false }));
  await writer.query('insert into item (amount) select i from generate_series(1, 100) i');
});

afterAll(async () => {
  await writer?.end();
  await cluster?.stop();
  await removeCluster(join(directory, 'cluster'));
  await rm(directory, { recursive: true, force: true });
});

async function replayed(): Promise<string> {
  const { rows } = await writer.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
  return rows[0]?.lsn ?? '';
}

test('a standby is validated as the writer is, by several connections, once it has replayed', async () => {
  const checks = [small, ...catalogChecks(), driftCheck({ entities })];
  const onWriter = await validate({ url: cluster.adminUrl, checks });
  const onStandby = await validate({
    url: standbyUrl,
    checks,
    concurrency: 3,
    waitForLsn: onWriter.snapshotLsn,
  });
  expect(onWriter.server.role).toBe('writer');
  expect(onStandby.server.role).toBe('standby');
  expect(onStandby.checks).toEqual(onWriter.checks);
  expect(onStandby.totals).toMatchObject({ failed: 1, error: 0, skipped: 0 });
});

/** Checks that make the writer remove rows that the standby's snapshot still sees, in the first `times` attempts. */
function conflicting(times: number, meanwhile: (context: FindContext) => Promise<unknown>): FindingsCheck {
  let attempt = 0;
  const find = async (context: FindContext) => {
    attempt += 1;
    if (attempt > times) return [];
    await context.query('select count(*) from item');
    await writer.query('update item set amount = amount + 0');
    await writer.query('vacuum item');
    await meanwhile(context);
    return [];
  };
  return { kind: 'findings', id: 'conflict', description: 'x', severity: 'error', find };
}

test('a conflict with recovery, in a query or between two, is answered by a new snapshot', async () => {
  for (const wait of [
    (context: FindContext) => context.query('select pg_sleep(20)'),
    // Idle until the server has ended the session; then the next query fails.
    async (context: FindContext) => {
      for (;;) await context.query('select 1');
    },
  ]) {
    const report = await validate({
      url: standbyUrl,
      checks: [small, conflicting(1, wait)],
      waitForLsn: await replayed(),
    });
    expect(report.attempts).toBe(2);
    expect(report.totals).toMatchObject({ failed: 1, passed: 1, error: 0 });
  }
});

test('repeated conflicts are reported, with what to do', async () => {
  const check = conflicting(99, (context) => context.query('select pg_sleep(20)'));
  await expect(validate({ url: standbyUrl, checks: [check], conflictTimeoutMs: 1500 })).rejects.toMatchObject(
    {
      code: 'recovery-conflict',
      hint: expect.stringContaining('max_standby_streaming_delay'),
    },
  );
});

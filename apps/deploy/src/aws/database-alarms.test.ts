import { AwsStack, DatabaseEnvironment, environmentSettings, synthesize } from '@ecommerce-dms/infra';
import { StackModel } from '@ecommerce-dms/stack';
import type { ClusterSettings } from '@ecommerce-dms/infra';
import { expect, test } from 'vitest';
import { alarmPlan } from './alarm-plan.ts';
import { addDatabaseAlarms } from './database-alarms.ts';

function alarmsOf(cluster?: ClusterSettings, options?: { worker: boolean }) {
  const { json } = synthesize((app) => {
    const stack = new AwsStack(app, 'shop', {
      region: 'eu-west-1',
      accountId: '123456789012',
      tags: { environment: 'production', owner: 'shop', costCenter: '1' },
    });
    const environment = new DatabaseEnvironment(stack, 'shop', {
      ...environmentSettings('production', { cluster }),
      name: 'shop',
      databaseName: 'shop',
      zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    });
    addDatabaseAlarms(stack, environment, options);
    return stack;
  });
  const model = new StackModel(json);
  const alarms = model.ofType('aws_cloudwatch_metric_alarm').map(({ config }) => ({
    name: String(config['alarm_name']),
    description: String(config['alarm_description']),
  }));
  return {
    alarms,
    ids: (instance: string) =>
      alarms.flatMap(({ name }) => (name.startsWith(`${instance}-`) ? name.slice(instance.length + 1) : [])),
    filters: model.ofType('aws_cloudwatch_log_metric_filter').map(({ config }) => config),
    groupOf: (filter: Record<string, unknown>) =>
      model.target(String(filter['log_group_name']))?.config['name'],
  };
}

test('an instance has the alarms of a writer, its replica those of a replica', () => {
  const { ids } = alarmsOf();
  expect(ids('shop')).toContain('transaction-ids');
  expect(ids('shop-replica-1')).toContain('replica-lag');
  expect(ids('shop-replica-1')).not.toContain('transaction-ids');
});

test('who runs a worker is told when none reports', () => {
  const { ids, filters } = alarmsOf(undefined, { worker: true });
  expect(ids('shop')).toContain('worker-silent');
  expect(ids('shop-replica-1')).not.toContain('worker-silent');
  expect(filters.map(({ pattern }) => pattern)).toContain('"worker: up to date"');
  expect(alarmsOf().ids('shop')).not.toContain('worker-silent');
});

test('the members of a Multi-AZ cluster, whom RDS names, can each be writer and reader', () => {
  const { alarms, filters, groupOf } = alarmsOf({ mode: 'multi-az', instanceClass: 'db.m6gd.large' });
  const members = [0, 1, 2].map((index) =>
    alarms.filter(({ name }) => name.includes(`cluster_members)[${index}]`)),
  );
  for (const member of members) {
    const names = member.map(({ name }) => name.replace(/^\$\{.*\}-/, ''));
    expect(names).toEqual(
      expect.arrayContaining(['free-storage-critical', 'iops', 'transaction-ids', 'replica-lag']),
    );
    expect(new Set(names).size).toBe(names.length);
  }
  // One log for all members: three filters would count each deadlock three times.
  expect(filters).toHaveLength(1);
  expect(groupOf(filters[0] ?? {})).toBe('/aws/rds/cluster/shop/postgresql');
});

test('Aurora has no alarm on what it does not have', () => {
  const { ids, alarms } = alarmsOf({ mode: 'aurora', instanceClass: 'db.r7g.large', readers: 2 });
  for (const instance of ['shop-1', 'shop-2', 'shop-3']) {
    expect(ids(instance)).toEqual(expect.arrayContaining(['db-load', 'freeable-memory', 'transaction-ids']));
  }
  expect(alarms.map(({ name }) => name).join()).not.toMatch(/free-storage|iops|checkpoint|replica-lag|ebs/);
});

test('Serverless v2 has the alarms that need no class, and none that a pause would raise', () => {
  const { ids, alarms } = alarmsOf({ mode: 'aurora', serverless: { minAcu: 0, maxAcu: 8 } });
  expect(ids('shop-1').toSorted()).toEqual([
    'cpu-utilization',
    'database-connections',
    'deadlocks',
    'read-latency',
    'transaction-ids',
    'transaction-ids-critical',
    'write-latency',
  ]);
  expect(alarms.map(({ description }) => description).join()).not.toContain('db.r6g.large');
});

test('a class of clusters alone has the alarms that follow from it', () => {
  const { alarms } = alarmsOf({ mode: 'multi-az', instanceClass: 'db.c6gd.medium' });
  const load = alarms.find(({ name }) => name.endsWith('-db-load'));
  expect(load?.description).toContain('The vCPUs of db.c6gd.medium: 1.');
});

test('what would follow from a figure that no source has is left out', () => {
  const [known, unknown] = ['db.r7g.large', 'db.x2g.large'].map((instanceClass) =>
    alarmPlan({ instanceClass }).writer.map(({ id }) => id),
  );
  expect(known?.filter((id) => !unknown?.includes(id))).toEqual([
    'disk-queue-depth',
    'iops',
    'throughput',
    'ebs-io-balance',
    'ebs-byte-balance',
  ]);
});

import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { checkPolicy, list, StackModel } from '@ecommerce-dms/stack';
import type { ClusterSettings } from './cluster-settings.ts';

const clusters: Record<string, ClusterSettings> = {
  'a Multi-AZ cluster': { mode: 'multi-az', instanceClass: 'db.m6gd.large' },
  Aurora: { mode: 'aurora', instanceClass: 'db.r7g.large', readerScaling: { maxReaders: 4 } },
  'Aurora Serverless v2': { mode: 'aurora', serverless: { minAcu: 0.5, maxAcu: 8 } },
};

test.each(Object.entries(clusters))('%s in production passes every rule, with a proxy too', (_, cluster) => {
  expect(checkPolicy(presetJson('production', { cluster, proxy: {} })).findings).toEqual([]);
});

test.each(Object.entries(clusters))('%s has the outputs of an instance', (_, cluster) => {
  const outputs = presetJson('production', { cluster }).output ?? {};
  expect(Object.keys(outputs)).toEqual(Object.keys(presetJson('production').output ?? {}));
});

test('a cluster takes what it shares with an instance from the preset, unless it says otherwise', () => {
  const cluster = { ...clusters['Aurora'], backupRetentionDays: 3 } as ClusterSettings;
  const stack = new StackModel(presetJson('test', { cluster }));
  expect(stack.ofType('aws_db_instance')).toEqual([]);
  expect(stack.ofType('aws_rds_cluster')[0]?.config).toMatchObject({
    backup_retention_period: 3,
    deletion_protection: false,
    skip_final_snapshot: true,
    apply_immediately: true,
  });
});

test('users log in by the one resource id of the cluster', () => {
  const stack = new StackModel(presetJson('production', { cluster: clusters['Aurora'] }));
  const policies = stack.ofType('aws_iam_policy').map(({ config }) => String(config['policy']));
  const resources = policies.flatMap((policy) => /dbuser:\$\{[^}]*\}/g.exec(policy) ?? []);
  expect(resources).toHaveLength(3);
  for (const resource of resources) {
    expect(resource).toMatch(/aws_rds_cluster\.[\w-]+\.cluster_resource_id/);
  }
});

test('events of the cluster, its instances and their parameters reach the topic', () => {
  const stack = new StackModel(presetJson('production', { cluster: clusters['Aurora'] }));
  const sources = stack
    .ofType('aws_db_event_subscription')
    .map(({ config }) => [
      config['source_type'],
      list(config['source_ids']).map((id) => stack.target(id)?.type),
    ]);
  expect(Object.fromEntries(sources)).toEqual({
    'db-cluster': ['aws_rds_cluster'],
    'db-instance': ['aws_rds_cluster_instance', 'aws_rds_cluster_instance'],
    'db-parameter-group': ['aws_db_parameter_group'],
  });
});

test('a proxy in front of a cluster that should pause is refused', () => {
  const cluster = { mode: 'aurora', serverless: { minAcu: 0, maxAcu: 4 } } as const;
  expect(() => presetJson('production', { cluster, proxy: {} })).toThrow(/would never pause/);
});

import { expect, test } from 'vitest';
import { addPresetStack } from '../test/preset-stack.ts';
import type { CrossRegionReplicaProps } from './database/cross-region-replica.ts';
import { Encryption } from './encryption.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import { ReplicaRegion } from './replica-region.ts';
import { synthesize } from './stack/synthesize.ts';
import type { EnvironmentOverrides } from './environment-settings.ts';

const name = 'shop-frankfurt';

function replicaStack(
  change: Partial<CrossRegionReplicaProps> = {},
  database: EnvironmentOverrides['database'] = {},
) {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production', { database });
    const region = stack.inRegion('eu-central-1');
    const encryption = new Encryption(region, 'encryption', { name });
    const zones = ['eu-central-1a', 'eu-central-1b'];
    new ReplicaRegion(region, 'replica', {
      name,
      source: environment.database,
      encryption,
      alertEmails: ['oncall@example.com'],
      zones,
      ...change,
    });
    return stack;
  });
  const model = new StackModel(json);
  const instance = model.ofType('aws_db_instance').find(({ config }) => config['identifier'] === name);
  return { json, model, config: instance?.config ?? {} };
}

test('a replica in another region has its own key, network, parameters and logs there', () => {
  const { json, model, config } = replicaStack();
  expect(config['replicate_source_db']).toMatch(/^\$\{aws_db_instance\..*writer.*\.arn\}$/);
  for (const key of [
    'kms_key_id',
    'db_subnet_group_name',
    'parameter_group_name',
    'performance_insights_kms_key_id',
  ]) {
    expect(model.target(config[key])?.config['provider']).toBe('aws.eu-central-1');
  }
  expect(config).toMatchObject({
    provider: 'aws.eu-central-1',
    backup_retention_period: 7,
    skip_final_snapshot: true,
  });
  for (const key of ['engine', 'username', 'db_name', 'allocated_storage', 'storage_type']) {
    expect(config).not.toHaveProperty(key);
  }
  expect(checkPolicy(json).findings).toEqual([]);
});

test('everything in the other region is made by its provider, and nothing else is', () => {
  for (const { path, config } of replicaStack().model.resources) {
    expect([path, config['provider']]).toEqual([
      path,
      path?.startsWith('shop-production/eu-central-1/') ? 'aws.eu-central-1' : undefined,
    ]);
  }
});

test('a promoted replica follows nobody and leaves a snapshot behind', () => {
  const { config } = replicaStack({ promoted: true });
  expect(config).not.toHaveProperty('replicate_source_db');
  expect(config).toMatchObject({ final_snapshot_identifier: `${name}-final` });
});

test('what RDS would refuse is reported at once', () => {
  const source = { replicas: 0, adminPassword: 'rds', backupRetentionDays: 0 } as const;
  const build = () => replicaStack({ backupRetentionDays: 36 }, source);
  for (const message of [/manages the password/, /no backups/, /36; RDS allows/])
    expect(build).toThrow(message);
  expect(() => replicaStack({ instanceClass: 'db.m1.small' })).toThrow(/not offered .* in eu-central-1/);
  expect(() => replicaStack({}, { replicas: 0, blueGreen: true })).toThrow(/blueGreen of its source/);
});

test('a replica in the region of its source is refused', () => {
  const build = () =>
    synthesize((app) => {
      const { stack, environment } = addPresetStack(app, 'production');
      const { database, encryption } = environment;
      const zones = ['eu-west-1a', 'eu-west-1b'];
      new ReplicaRegion(stack, 'replica', { name, source: database, encryption, zones });
      return stack;
    });
  expect(build).toThrow(/in the region of its source/);
});

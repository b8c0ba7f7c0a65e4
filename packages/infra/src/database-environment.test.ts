import { TerraformStack } from 'cdktf';
import { expect, test } from 'vitest';
import { presetJson, type PresetOverrides } from '../test/preset-stack.ts';
import { AwsStack } from './stack/aws-stack.ts';
import { DatabaseEnvironment } from './database-environment.ts';
import { otherRegion } from './other-region.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import { environmentSettings } from './presets.ts';
import { synthesize } from './stack/synthesize.ts';

test('the stack has its outputs under their own names', () => {
  expect(Object.keys(presetJson('production').output ?? {}).toSorted()).toEqual([
    'alert_topic_arn',
    'backup_vault_arn',
    'bastion_connect_policy_arn',
    'bastion_session_command',
    'client_security_group_id',
    'database_name',
    'database_security_group_id',
    'key_arn',
    'port',
    'private_subnet_ids',
    'reader_endpoints',
    'secret_arn',
    'writer_endpoint',
  ]);
});

test('too few zones are refused, rather than fewer used', () => {
  const build = () =>
    synthesize((app) => {
      const tags = { environment: 'production', owner: 'team', costCenter: '1' };
      const stack = new AwsStack(app, 'shop', { region: 'eu-west-1', tags });
      const environment = new DatabaseEnvironment(stack, 'shop', {
        ...environmentSettings('production'),
        name: 'shop',
        databaseName: 'shop',
        zones: ['eu-west-1a', 'eu-west-1b'],
      });
      expect(environment).toBeUndefined();
      return stack;
    });
  expect(build).toThrow(/over 3 zones and 2 are named/);
});

const everywhere: PresetOverrides = {
  backups: { copyToRegion: 'eu-central-1', lock: {} },
  crossRegionReplicas: [
    { region: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b'] },
    { region: 'eu-north-1', zones: ['eu-north-1a', 'eu-north-1b'], multiAz: true },
  ],
};

function productionModel(overrides: PresetOverrides): StackModel {
  return new StackModel(presetJson('production', overrides));
}

test('a region holds copies of backups and a replica, under one key', () => {
  const model = productionModel(everywhere);
  const { json } = model;
  const elsewhere = (type: string) =>
    model
      .ofType(type)
      .map(({ config }) => config['provider'])
      .filter((provider) => provider !== undefined)
      .toSorted();
  expect(elsewhere('aws_kms_key')).toEqual(['aws.eu-central-1', 'aws.eu-north-1']);
  expect(elsewhere('aws_db_instance')).toEqual(['aws.eu-central-1', 'aws.eu-north-1']);
  expect(elsewhere('aws_backup_vault')).toEqual(['aws.eu-central-1']);
  expect(elsewhere('aws_backup_vault_lock_configuration')).toEqual(['aws.eu-central-1']);
  expect(json.output?.['cross_region_endpoints']?.['value']).toEqual({
    'eu-central-1': expect.stringMatching(/^\$\{aws_db_instance\.[\w-]+\.address\}$/),
    'eu-north-1': expect.stringMatching(/^\$\{aws_db_instance\.[\w-]+\.address\}$/),
  });
  expect(checkPolicy(json).findings).toEqual([]);
});

test('a replica in another region is reason enough to keep the password from RDS', () => {
  const stack = productionModel({ ...everywhere, database: { replicas: 0 } });
  const [secret] = stack.ofType('aws_secretsmanager_secret');
  expect(secret?.path).toBe('shop-production/shop/database/admin/secret');
});

test('backups can be deleted with the database only where that can be deleted', () => {
  const forced = (deletionProtection: boolean) =>
    productionModel({ database: { deletionProtection } })
      .ofType('aws_backup_vault')
      .map(({ config }) => config['force_destroy']);
  expect([forced(true), forced(false)]).toEqual([[false], [true]]);
});

test.each<{ overrides: PresetOverrides; message: RegExp }>([
  {
    overrides: { ...everywhere, cluster: { mode: 'multi-az', instanceClass: 'db.m6gd.large' } },
    message: /there is a cluster/,
  },
  {
    overrides: { crossRegionReplicas: [...(everywhere.crossRegionReplicas ?? [])].flatMap((r) => [r, r]) },
    message: /a region twice/,
  },
  { overrides: { backups: { copyToRegion: 'eu-west-1' } }, message: /the stack's own/ },
  {
    overrides: { database: { replicas: 0, blueGreen: true }, proxy: {} },
    message: /does not go with a proxy/,
  },
])('$overrides is refused: $message', ({ overrides, message }) => {
  expect(() => presetJson('production', overrides)).toThrow(message);
});

test('another region needs a stack that makes providers', () => {
  const build = () =>
    synthesize((app) => {
      const stack = new TerraformStack(app, 'shop');
      otherRegion(stack, 'eu-central-1', 'shop');
      return stack;
    });
  expect(build).toThrow(expect.objectContaining({ code: 'invalid-settings' }));
});

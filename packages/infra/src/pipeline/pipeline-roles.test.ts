import { expect, test } from 'vitest';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { StackModel, text } from '@ecommerce-dms/stack';
import { databaseGrants } from './database-grants.ts';
import { policyStatements } from './grants.ts';
import { keyGrants } from './key-grants.ts';
import { networkGrants } from './network-grants.ts';
import { operationGrants } from './operation-grants.ts';
import { rotationGrants } from './rotation-grants.ts';

const scope = {
  partition: 'aws',
  account: testAccountId,
  prefix: 'shop-production',
  regions: ['eu-west-1', 'eu-central-1'],
  bucketArn: 'arn:aws:s3:::state',
  keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  objectKey: 'shop/production.tfstate',
};
const applied = [databaseGrants, keyGrants, networkGrants, operationGrants, rotationGrants].flatMap(
  (grants) => policyStatements(grants, scope),
);
const patterns = applied.flatMap(({ Resource }) => Resource).filter((resource) => resource !== '*');

const stacks = [
  presetJson('production', { dns: { zoneName: 'shop.internal' }, network: { endpoints: ['s3', 'kms'] } }),
  presetJson('production', { proxy: {}, cluster: { mode: 'aurora', instanceClass: 'db.r7g.large' } }),
].map((json) => new StackModel(json));
const resources = stacks.flatMap((stack) => stack.resources);

/** IAM's name of the service behind a type, by the beginning of the type; the rest is EC2's. */
const services = {
  aws_appautoscaling: 'application-autoscaling',
  aws_autoscaling: 'autoscaling',
  aws_backup: 'backup',
  aws_budgets: 'budgets',
  aws_cloudwatch_log: 'logs',
  aws_db_: 'rds',
  aws_iam: 'iam',
  aws_kms: 'kms',
  aws_rds: 'rds',
  aws_route53: 'route53',
  aws_secretsmanager: 'secretsmanager',
  aws_serverlessapplicationrepository: 'serverlessrepo',
  aws_sns: 'sns',
} as const;

test('the apply role has actions of every service that an environment uses', () => {
  const needed = resources.map(
    ({ type }) => Object.entries(services).find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'ec2',
  );
  const allowed = new Set(applied.flatMap(({ Action }) => Action).map((action) => action.split(':')[0]));
  expect([...new Set(needed)].filter((service) => !allowed.has(service))).toEqual([]);
  expect(new Set(needed).size).toBeGreaterThan(10);
});

test.each([
  {
    type: 'aws_autoscaling_group',
    attribute: 'name',
    service: 'autoscaling',
    resource: 'autoScalingGroup:uuid:autoScalingGroupName/',
  },
  { type: 'aws_backup_vault', attribute: 'name', service: 'backup', resource: 'backup-vault:' },
  { type: 'aws_cloudwatch_log_group', attribute: 'name', service: 'logs', resource: 'log-group:' },
  { type: 'aws_db_event_subscription', attribute: 'name', service: 'rds', resource: 'es:' },
  { type: 'aws_db_instance', attribute: 'identifier', service: 'rds', resource: 'db:' },
  { type: 'aws_db_parameter_group', attribute: 'name_prefix', service: 'rds', resource: 'pg:' },
  { type: 'aws_db_subnet_group', attribute: 'name', service: 'rds', resource: 'subgrp:' },
  { type: 'aws_iam_instance_profile', attribute: 'name', service: 'iam', resource: 'instance-profile/' },
  { type: 'aws_iam_policy', attribute: 'name', service: 'iam', resource: 'policy/' },
  { type: 'aws_iam_role', attribute: 'name', service: 'iam', resource: 'role/' },
  { type: 'aws_kms_alias', attribute: 'name', service: 'kms', resource: '' },
  { type: 'aws_rds_cluster', attribute: 'cluster_identifier', service: 'rds', resource: 'cluster:' },
  { type: 'aws_rds_cluster_instance', attribute: 'identifier', service: 'rds', resource: 'db:' },
  {
    type: 'aws_rds_cluster_parameter_group',
    attribute: 'name_prefix',
    service: 'rds',
    resource: 'cluster-pg:',
  },
  {
    type: 'aws_secretsmanager_secret',
    attribute: 'name_prefix',
    service: 'secretsmanager',
    resource: 'secret:',
  },
  { type: 'aws_sns_topic', attribute: 'name', service: 'sns', resource: '' },
])(
  'the apply role may manage each $type of an environment, by its $attribute',
  ({ type, attribute, service, resource }) => {
    const names = resources
      .filter((found) => found.type === type)
      .map(({ config }) => text(config[attribute]));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const region = service === 'iam' ? '' : 'eu-west-1';
      const arn = `arn:aws:${service}:${region}:${testAccountId}:${resource}${name}`;
      expect(
        patterns.some((pattern) => glob(pattern).test(arn)),
        arn,
      ).toBe(true);
    }
  },
);

test('the apply role reaches no resource of another environment', () => {
  const arn = `arn:aws:rds:eu-west-1:${testAccountId}:db:shop-staging`;
  expect(patterns.filter((pattern) => glob(pattern).test(arn))).toEqual([]);
});

test('a name in braces that stands for nothing is refused', () => {
  const grants = { Typo: { may: { s3: 'GetObject' }, on: 'arn:{partition}:s3:::{bucket}' } };
  expect(() => policyStatements(grants, scope)).toThrow('{bucket}');
});

test('a condition on regions names each region of the environment', () => {
  const makeZone = policyStatements(networkGrants, scope).find(({ Sid }) => Sid === 'MakeZone');
  expect(makeZone?.Condition).toEqual({
    StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1', 'us-east-1'] },
  });
});

/** IAM's patterns, of which these use `*` alone. */
function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
}

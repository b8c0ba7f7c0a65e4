import { expect, test } from 'vitest';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { StackModel, text } from '@ecommerce-dms/stack';
import type { AwsIdentity } from '../stack/aws-identity.ts';
import { databaseStatements } from './database-statements.ts';
import { keyStatements } from './key-statements.ts';
import { networkStatements } from './network-statements.ts';
import { operationStatements } from './operation-statements.ts';
import { rotationStatements } from './rotation-statements.ts';

const identity: AwsIdentity = { accountId: testAccountId, partition: 'aws', region: 'eu-west-1' };
const scope = { prefix: 'shop-production', regions: ['eu-west-1'], identity };
const applied = [
  databaseStatements,
  keyStatements,
  networkStatements,
  operationStatements,
  rotationStatements,
].flatMap((statements) => statements(scope));
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

test('the service of everything that an environment consists of is among those of who applies', () => {
  const needed = resources.map(
    ({ type }) => Object.entries(services).find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'ec2',
  );
  const allowed = new Set(applied.flatMap(({ Action }) => Action).map((action) => action.split(':')[0]));
  expect([...new Set(needed)].filter((service) => !allowed.has(service))).toEqual([]);
  expect(new Set(needed).size).toBeGreaterThan(10);
});

test.each([
  ['aws_autoscaling_group', 'name', 'autoscaling', 'autoScalingGroup:uuid:autoScalingGroupName/'],
  ['aws_backup_vault', 'name', 'backup', 'backup-vault:'],
  ['aws_cloudwatch_log_group', 'name', 'logs', 'log-group:'],
  ['aws_db_event_subscription', 'name', 'rds', 'es:'],
  ['aws_db_instance', 'identifier', 'rds', 'db:'],
  ['aws_db_parameter_group', 'name_prefix', 'rds', 'pg:'],
  ['aws_db_subnet_group', 'name', 'rds', 'subgrp:'],
  ['aws_iam_instance_profile', 'name', 'iam', 'instance-profile/'],
  ['aws_iam_policy', 'name', 'iam', 'policy/'],
  ['aws_iam_role', 'name', 'iam', 'role/'],
  ['aws_kms_alias', 'name', 'kms', ''],
  ['aws_rds_cluster', 'cluster_identifier', 'rds', 'cluster:'],
  ['aws_rds_cluster_instance', 'identifier', 'rds', 'db:'],
  ['aws_rds_cluster_parameter_group', 'name_prefix', 'rds', 'cluster-pg:'],
  ['aws_secretsmanager_secret', 'name_prefix', 'secretsmanager', 'secret:'],
  ['aws_sns_topic', 'name', 'sns', ''],
])('who applies may keep each %s of an environment, by its %s', (type, attribute, service, kind) => {
  const names = resources
    .filter((resource) => resource.type === type)
    .map(({ config }) => text(config[attribute]));
  expect(names).not.toEqual([]);
  for (const name of names) {
    const region = service === 'iam' ? '' : 'eu-west-1';
    const arn = `arn:aws:${service}:${region}:${testAccountId}:${kind}${name}`;
    expect(
      patterns.some((pattern) => glob(pattern).test(arn)),
      arn,
    ).toBe(true);
  }
});

test('another environment is none of its business', () => {
  const arn = `arn:aws:rds:eu-west-1:${testAccountId}:db:shop-staging`;
  expect(patterns.filter((pattern) => glob(pattern).test(arn))).toEqual([]);
});

/** IAM's patterns, of which these use `*` alone. */
function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
}

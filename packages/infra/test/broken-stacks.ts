import type { Json } from '../src/index.ts';
import type { Draft, StackDraft } from './edit-stack.ts';

const instance = 'aws_db_instance';
const isWriter = (config: Draft) => config['replicate_source_db'] === undefined;

function setParameter(draft: StackDraft, name: string, value: string): void {
  draft.edit('aws_db_parameter_group', (config) => {
    config['parameter'] = (config['parameter'] as Draft[]).map((parameter) =>
      parameter['name'] === name ? { ...parameter, value } : parameter,
    ) as Json;
  });
}

function policyFor(principal: Json, action = 'sns:Publish', resource = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Resource: resource }],
  });
}

/** For each rule, ways to break it in a stack that passes. */
export const breaks: Readonly<Record<string, readonly ((draft: StackDraft) => void)[]>> = {
  'rds-storage-encrypted': [
    (draft) => draft.set(instance, { storage_encrypted: false }),
    (draft) => draft.set(instance, { storage_encrypted: undefined }),
    (draft) => draft.set(instance, { storage_encrypted: '${var.encrypted}' }),
  ],
  'rds-customer-key': [(draft) => draft.set(instance, { kms_key_id: undefined }, isWriter)],
  'rds-tls-required': [
    (draft) => setParameter(draft, 'rds.force_ssl', '0'),
    (draft) => draft.set(instance, { parameter_group_name: 'default.postgres18' }),
  ],
  'rds-current-authority': [(draft) => draft.set(instance, { ca_cert_identifier: 'rds-ca-2019' })],
  'rds-password-not-in-state': [
    (draft) => draft.set(instance, { password: 'correct horse' }, isWriter),
    (draft) => draft.set(instance, { password_wo: undefined }, isWriter),
  ],
  'rds-replicas-possible': [(draft) => draft.set(instance, { manage_master_user_password: true }, isWriter)],
  'rds-insights-key': [(draft) => draft.set(instance, { performance_insights_kms_key_id: undefined })],
  'rds-not-public': [(draft) => draft.set(instance, { publicly_accessible: true })],
  'rds-no-internet-route': [
    (draft) =>
      draft.edit('aws_db_subnet_group', (config) => {
        config['subnet_ids'] = draft
          .addresses('aws_subnet')
          .filter((address) => address.includes('public'))
          .map((address) => `\${${address}.id}`);
      }),
  ],
  'rds-iam-authentication': [(draft) => draft.set(instance, { iam_database_authentication_enabled: false })],
  'rds-port': [
    (draft) => draft.set(instance, { port: 5432 }),
    (draft) => draft.set(instance, { port: undefined }, isWriter),
  ],
  'rds-admin-name': [(draft) => draft.set(instance, { username: 'Postgres' }, isWriter)],
  'rds-multi-az': [(draft) => draft.set(instance, { multi_az: false }, isWriter)],
  'rds-backups': [
    (draft) => draft.set(instance, { backup_retention_period: 6 }, isWriter),
    (draft) => draft.set(instance, { backup_retention_period: undefined }, isWriter),
  ],
  'rds-deletion-protection': [(draft) => draft.set(instance, { deletion_protection: false })],
  'rds-final-snapshot': [
    (draft) => draft.set(instance, { skip_final_snapshot: true }, isWriter),
    (draft) => draft.set(instance, { final_snapshot_identifier: undefined }, isWriter),
  ],
  'rds-copy-tags': [(draft) => draft.set(instance, { copy_tags_to_snapshot: undefined })],
  'rds-minor-upgrades': [(draft) => draft.set(instance, { auto_minor_version_upgrade: false })],
  'rds-enhanced-monitoring': [(draft) => draft.set(instance, { monitoring_interval: 0 })],
  'rds-insights': [(draft) => draft.set(instance, { performance_insights_enabled: false })],
  'rds-log-exports': [(draft) => draft.set(instance, { enabled_cloudwatch_logs_exports: ['upgrade'] })],
  'rds-query-logging': [
    (draft) => setParameter(draft, 'log_statement', 'none'),
    (draft) => setParameter(draft, 'log_min_duration_statement', '-1'),
  ],
  'rds-instance-events': [
    (draft) => draft.remove('aws_db_event_subscription'),
    (draft) => draft.set('aws_db_event_subscription', { enabled: false }),
    (draft) => draft.set('aws_db_event_subscription', { source_ids: ['another'] }),
  ],
  'rds-parameter-events': [(draft) => draft.remove('aws_db_event_subscription')],
  'vpc-flow-logs': [
    (draft) => draft.remove('aws_flow_log'),
    (draft) => draft.set('aws_flow_log', { vpc_id: 'vpc-1234' }),
  ],
  'vpc-default-group-closed': [
    (draft) => draft.remove('aws_default_security_group'),
    (draft) => draft.set('aws_default_security_group', { egress: { protocol: '-1' } }),
  ],
  'subnet-no-public-addresses': [(draft) => draft.set('aws_subnet', { map_public_ip_on_launch: true })],
  'security-group-described': [
    (draft) => draft.set('aws_security_group', { description: undefined }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { description: '' }),
    (draft) =>
      draft.set('aws_security_group', { ingress: [{ cidr_blocks: ['10.0.0.0/8'], from_port: 443 }] }),
  ],
  'security-group-no-open-ingress': [
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { cidr_ipv4: '0.0.0.0/0' }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { cidr_ipv6: '::/0' }),
    (draft) => draft.set('aws_security_group', { ingress: { cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'] } }),
    (draft) => draft.add('aws_security_group_rule', { type: 'ingress', cidr_blocks: ['0.0.0.0/0'] }),
  ],
  'security-group-no-open-egress': [
    (draft) => draft.set('aws_vpc_security_group_egress_rule', { cidr_ipv4: '0.0.0.0/0' }),
    (draft) => draft.set('aws_security_group', { egress: [{ ipv6_cidr_blocks: ['::/0'] }] }),
    (draft) => draft.add('aws_security_group_rule', { type: 'egress', cidr_blocks: ['0.0.0.0/0'] }),
  ],
  'kms-rotation': [(draft) => draft.set('aws_kms_key', { enable_key_rotation: undefined })],
  'kms-policy': [
    (draft) => draft.set('aws_kms_key', { policy: undefined }),
    (draft) => draft.set('aws_kms_key', { policy: policyFor('*', 'kms:*') }),
    (draft) => draft.set('aws_kms_key', { policy: policyFor({ AWS: ['*'] }, 'kms:Decrypt') }),
  ],
  'sns-encrypted': [
    (draft) => draft.set('aws_sns_topic', { kms_master_key_id: undefined }),
    (draft) => draft.set('aws_sns_topic', { kms_master_key_id: 'alias/aws/sns' }),
  ],
  'sns-not-public': [(draft) => draft.set('aws_sns_topic_policy', { policy: policyFor({ AWS: '*' }) })],
  'log-retention': [
    (draft) => draft.set('aws_cloudwatch_log_group', { retention_in_days: 180 }),
    (draft) => draft.set('aws_cloudwatch_log_group', { retention_in_days: undefined }),
  ],
  'log-encrypted': [(draft) => draft.set('aws_cloudwatch_log_group', { kms_key_id: undefined })],
  'alarm-tells-somebody': [
    (draft) => draft.add('aws_cloudwatch_metric_alarm', { alarm_name: 'cpu' }),
    (draft) => draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn'], actions_enabled: false }),
    (draft) => draft.add('aws_cloudwatch_composite_alarm', { alarm_actions: [] }),
  ],
  'iam-least-privilege': [
    (draft) => draft.set('aws_iam_policy', { policy: policyFor('x', '*') }),
    (draft) => draft.set('aws_iam_role_policy', { policy: policyFor('x', 'logs:*') }),
    (draft) => draft.set('aws_iam_policy', { policy: 'not JSON' }),
  ],
  'iam-role-trust': [
    (draft) => draft.set('aws_iam_role', { assume_role_policy: policyFor('*', 'sts:AssumeRole') }),
  ],
  'iam-no-user-policies': [
    (draft) => draft.add('aws_iam_user_policy_attachment', { user: 'eve', policy_arn: 'arn' }),
  ],
  'required-tags': [
    (draft) => {
      const [provider] = draft.json.provider?.['aws'] ?? [];
      (provider as Draft)['default_tags'] = [{ tags: { Environment: 'production', Owner: '' } }];
    },
  ],
  'state-encrypted-and-locked': [
    (draft) => {
      const backend = { s3: { bucket: 'state', key: 'shop', encrypt: true } };
      (draft.json.terraform as Draft)['backend'] = backend;
    },
  ],
};

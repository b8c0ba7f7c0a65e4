import type { Json } from '../src/index.ts';
import type { Breaks } from './breaks.ts';
import type { Draft, StackDraft } from './edit-stack.ts';

const instance = 'aws_db_instance';
const cluster = 'aws_rds_cluster';
const clusterInstance = 'aws_rds_cluster_instance';
const isWriter = (config: Draft) => config['replicate_source_db'] === undefined;

function setParameter(draft: StackDraft, name: string, value: string, type = 'aws_db_parameter_group'): void {
  draft.edit(type, (config) => {
    config['parameter'] = (config['parameter'] as Draft[]).map((parameter) =>
      parameter['name'] === name ? { ...parameter, value } : parameter,
    ) as Json;
  });
}

const ofClusters = (config: Draft) => config['source_type'] === 'db-cluster';

/** A Multi-AZ cluster, which has in itself what Aurora's instances have. */
function makeMultiAz(draft: StackDraft, attributes: Draft): void {
  draft.set(cluster, { db_cluster_instance_class: 'db.m6gd.large', ...attributes });
}

/** Instances and clusters. */
export const brokenDatabases: Breaks = {
  'rds-storage-encrypted': [
    (draft) => draft.set(instance, { storage_encrypted: false }),
    (draft) => draft.set(instance, { storage_encrypted: undefined }),
    (draft) => draft.set(instance, { storage_encrypted: '${var.encrypted}' }),
    (draft) => draft.set(cluster, { storage_encrypted: false }),
  ],
  'rds-customer-key': [
    (draft) => draft.set(cluster, { kms_key_id: undefined }),
    (draft) => draft.set(instance, { kms_key_id: undefined }, isWriter),
  ],
  'rds-tls-required': [
    (draft) => setParameter(draft, 'rds.force_ssl', '0'),
    (draft) => draft.set(instance, { parameter_group_name: 'default.postgres18' }),
    (draft) =>
      draft.set(instance, { engine: '${var.engine}', parameter_group_name: 'default.postgres18' }, isWriter),
    (draft) => setParameter(draft, 'rds.force_ssl', '0', 'aws_rds_cluster_parameter_group'),
  ],
  'rds-current-authority': [
    (draft) => draft.set(instance, { ca_cert_identifier: 'rds-ca-2019' }),
    (draft) => draft.set(clusterInstance, { ca_cert_identifier: undefined }),
    (draft) => makeMultiAz(draft, { ca_certificate_identifier: 'rds-ca-2019' }),
  ],
  'rds-password-not-in-state': [
    (draft) => draft.set(instance, { password: 'correct horse' }, isWriter),
    (draft) => draft.set(instance, { password_wo: undefined }, isWriter),
    (draft) => draft.set(cluster, { master_password: 'correct horse' }),
    (draft) => draft.set(cluster, { manage_master_user_password: undefined }),
  ],
  'rds-replicas-possible': [(draft) => draft.set(instance, { manage_master_user_password: true }, isWriter)],
  'rds-insights-key': [
    (draft) => draft.set(instance, { performance_insights_kms_key_id: undefined }),
    (draft) =>
      draft.set(instance, {
        performance_insights_enabled: '${var.insights}',
        performance_insights_kms_key_id: undefined,
      }),
    (draft) => draft.set(clusterInstance, { performance_insights_kms_key_id: undefined }),
  ],
  'rds-not-public': [
    (draft) => draft.set(instance, { publicly_accessible: true }),
    (draft) => draft.set(instance, { publicly_accessible: 'true' }),
    (draft) => draft.set(instance, { publicly_accessible: '${var.public}' }),
    (draft) => draft.set(clusterInstance, { publicly_accessible: true }),
  ],
  'rds-no-internet-route': [
    (draft) =>
      draft.edit('aws_db_subnet_group', (config) => {
        config['subnet_ids'] = draft
          .addresses('aws_subnet')
          .filter((address) => address.includes('public'))
          .map((address) => `\${${address}.id}`);
      }),
  ],
  'rds-iam-authentication': [
    (draft) => draft.set(instance, { iam_database_authentication_enabled: false }),
    (draft) => draft.set(cluster, { iam_database_authentication_enabled: false }),
  ],
  'rds-port': [
    (draft) => draft.set(instance, { port: 5432 }),
    (draft) => draft.set(instance, { port: '${var.port}' }),
    (draft) => draft.set(instance, { port: undefined }, isWriter),
    (draft) => draft.set(cluster, { port: 5432 }),
  ],
  'rds-admin-name': [
    (draft) => draft.set(instance, { username: 'Postgres' }, isWriter),
    (draft) => draft.set(cluster, { master_username: 'admin' }),
    (draft) => draft.set(instance, { username: '${var.username}' }, isWriter),
  ],
  'rds-multi-az': [
    (draft) => draft.set(instance, { multi_az: false }, isWriter),
    (draft) => draft.remove(clusterInstance),
  ],
  'rds-backups': [
    (draft) => draft.set(instance, { backup_retention_period: 0 }, isWriter),
    (draft) => draft.set(instance, { backup_retention_period: 6 }, isWriter),
    (draft) => draft.set(instance, { backup_retention_period: undefined }, isWriter),
    (draft) => draft.set(cluster, { backup_retention_period: 1 }),
  ],
  'rds-deletion-protection': [
    (draft) => draft.set(instance, { deletion_protection: false }),
    (draft) => draft.set(cluster, { deletion_protection: undefined }),
  ],
  'rds-final-snapshot': [
    (draft) => draft.set(instance, { skip_final_snapshot: true }, isWriter),
    (draft) => draft.set(instance, { skip_final_snapshot: '${var.skip}' }, isWriter),
    (draft) => draft.set(instance, { final_snapshot_identifier: undefined }, isWriter),
    (draft) => draft.set(cluster, { skip_final_snapshot: true }),
  ],
  'rds-copy-tags': [
    (draft) => draft.set(instance, { copy_tags_to_snapshot: undefined }),
    (draft) => draft.set(cluster, { copy_tags_to_snapshot: false }),
  ],
  'rds-minor-upgrades': [
    (draft) => draft.set(instance, { auto_minor_version_upgrade: false }),
    (draft) => draft.set(instance, { auto_minor_version_upgrade: '${var.upgrade}' }),
    (draft) => draft.set(clusterInstance, { auto_minor_version_upgrade: false }),
  ],
  'rds-enhanced-monitoring': [
    (draft) => draft.set(instance, { monitoring_interval: 0 }),
    (draft) => draft.set(clusterInstance, { monitoring_interval: 0 }),
    (draft) => makeMultiAz(draft, { monitoring_interval: undefined }),
  ],
  'rds-insights': [
    (draft) => draft.set(instance, { performance_insights_enabled: false }),
    (draft) => draft.set(clusterInstance, { performance_insights_enabled: false }),
    (draft) => makeMultiAz(draft, { performance_insights_enabled: false }),
  ],
  'rds-log-exports': [
    (draft) => draft.set(cluster, { enabled_cloudwatch_logs_exports: [] }),
    (draft) => draft.set(instance, { enabled_cloudwatch_logs_exports: ['upgrade'] }),
  ],
  'rds-query-logging': [
    (draft) => draft.set(instance, { parameter_group_name: 'default.postgres18' }),
    (draft) => setParameter(draft, 'log_statement', 'none'),
    (draft) => setParameter(draft, 'log_min_duration_statement', '-1'),
    (draft) => setParameter(draft, 'log_statement', 'none', 'aws_rds_cluster_parameter_group'),
  ],
  'rds-instance-events': [
    (draft) => draft.remove('aws_db_event_subscription'),
    (draft) => draft.set('aws_db_event_subscription', { enabled: false }),
    (draft) => draft.set('aws_db_event_subscription', { enabled: '${var.enabled}' }),
    (draft) => draft.set('aws_db_event_subscription', { source_ids: ['another'] }),
    (draft) => draft.set('aws_db_event_subscription', { enabled: false }, ofClusters),
  ],
  'rds-parameter-events': [(draft) => draft.remove('aws_db_event_subscription')],
  'rds-supported-version': [
    (draft) => draft.set(instance, { engine_version: '11.8' }, isWriter),
    (draft) => draft.set(cluster, { engine_version: '13.14' }),
  ],
  'rds-backup-plan': [
    (draft) => draft.remove('aws_backup_selection'),
    (draft) => draft.set('aws_backup_selection', { resources: ['arn:aws:rds:eu-west-1:123456789012:db:x'] }),
  ],
  'proxy-tls-required': [(draft) => draft.set('aws_db_proxy', { require_tls: undefined })],
  'proxy-iam-authentication': [
    (draft) => draft.set('aws_db_proxy', { auth: [{ auth_scheme: 'SECRETS', iam_auth: 'DISABLED' }] }),
  ],
  'proxy-no-debug-logging': [
    (draft) => draft.set('aws_db_proxy', { debug_logging: true }),
    (draft) => draft.set('aws_db_proxy', { debug_logging: '${var.debug}' }),
  ],
};

import { type Breaks, editBlocks, policyFor } from './breaks.ts';

/** Keys, topics, secrets, backups, buckets, logs, alarms and budgets. */
export const brokenServices: Breaks = {
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
    (draft) => draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn'], actions_enabled: false }),
    (draft) => draft.add('aws_cloudwatch_metric_alarm', { alarm_name: 'cpu' }),
    (draft) => draft.add('aws_cloudwatch_composite_alarm', { alarm_actions: [] }),
    (draft) =>
      draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn:aws:sns:us-east-1:1:alerts'] }),
    (draft) =>
      draft.add('aws_cloudwatch_metric_alarm', {
        alarm_actions: [`\${${draft.addresses('aws_sns_topic')[0]}.arn}`],
        region: 'us-east-1',
      }),
    (draft) =>
      draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn'], actions_enabled: '${var.isOn}' }),
  ],
  'alert-topic-subscribed': [
    (draft) => draft.remove('aws_sns_topic_subscription'),
    (draft) => draft.set('aws_sns_topic_subscription', { topic_arn: 'another' }),
    (draft) => draft.set('aws_sns_topic_subscription', { filter_policy: '{"severity":["page"]}' }),
    (draft) => draft.set('aws_sns_topic_subscription', { count: 0 }),
    (draft) => draft.set('aws_sns_topic_subscription', { count: '${var.n}' }),
    (draft) => draft.set('aws_sns_topic_subscription', { for_each: {} }),
    (draft) => {
      draft.add('aws_sns_topic', { name: 'pages' });
      draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['${aws_sns_topic.added.arn}'] });
    },
  ],
  'alert-topic-known': [
    (draft) =>
      draft.add('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn:aws:sns:eu-west-1:1:oncall'] }),
    (draft) => draft.add('aws_cloudwatch_composite_alarm', { alarm_actions: ['${var.topic}'] }),
    (draft) => draft.set('aws_db_event_subscription', { sns_topic: '${data.aws_sns_topic.oncall.arn}' }),
    (draft) =>
      draft.set('aws_budgets_budget', {
        notification: [{ subscriber_sns_topic_arns: ['arn:aws:sns:eu-west-1:1:oncall'] }],
      }),
  ],
  'kms-enabled': [
    (draft) => draft.set('aws_kms_key', { is_enabled: false }),
    (draft) => draft.set('aws_kms_key', { is_enabled: '${var.enabled}' }),
  ],
  'secret-customer-key': [(draft) => draft.set('aws_secretsmanager_secret', { kms_key_id: undefined })],
  'secret-rotated': [
    (draft) => draft.remove('aws_secretsmanager_secret_rotation'),
    (draft) => draft.set('aws_secretsmanager_secret_rotation', { secret_id: 'another' }),
  ],
  'secret-rotated-often': [
    (draft) =>
      draft.set('aws_secretsmanager_secret_rotation', { rotation_rules: { automatically_after_days: 180 } }),
  ],
  'backup-vault-customer-key': [(draft) => draft.set('aws_backup_vault', { kms_key_arn: undefined })],
  'backup-vault-kept': [(draft) => draft.set('aws_backup_vault', { force_destroy: true })],
  'backup-plan-retention': [
    (draft) => editBlocks(draft, 'aws_backup_plan', 'rule', (rule) => ({ ...rule, lifecycle: undefined })),
    (draft) =>
      editBlocks(draft, 'aws_backup_plan', 'rule', (rule) => ({ ...rule, lifecycle: { delete_after: 1 } })),
  ],
  'bucket-not-public': [
    (draft) => draft.remove('aws_s3_bucket_public_access_block'),
    (draft) => draft.set('aws_s3_bucket_public_access_block', { block_public_policy: false }),
  ],
  'bucket-policy-not-public': [
    (draft) => draft.set('aws_s3_bucket_policy', { policy: policyFor('*', 's3:GetObject') }),
  ],
  'bucket-tls-only': [
    (draft) => draft.remove('aws_s3_bucket_policy'),
    (draft) => draft.set('aws_s3_bucket_policy', { policy: policyFor({ Service: 'x' }, 's3:GetObject') }),
  ],
  'bucket-customer-key': [
    (draft) => draft.remove('aws_s3_bucket_server_side_encryption_configuration'),
    (draft) =>
      draft.set('aws_s3_bucket_server_side_encryption_configuration', {
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      }),
  ],
  'bucket-versioned': [
    (draft) => draft.remove('aws_s3_bucket_versioning'),
    (draft) => draft.set('aws_s3_bucket_versioning', { versioning_configuration: { status: 'Suspended' } }),
  ],
  'bucket-kept': [
    (draft) => draft.set('aws_s3_bucket', { force_destroy: true }),
    (draft) => draft.set('aws_s3_bucket', { force_destroy: '${var.destroy}' }),
  ],
  'bucket-lifecycle': [
    (draft) => draft.remove('aws_s3_bucket_lifecycle_configuration'),
    (draft) => draft.set('aws_s3_bucket_lifecycle_configuration', { rule: [{ id: 'x', status: 'Enabled' }] }),
  ],
  'bucket-no-acl': [
    (draft) => draft.set('aws_s3_bucket_ownership_controls', { rule: { object_ownership: 'ObjectWriter' } }),
    (draft) => draft.set('aws_s3_bucket', { acl: 'public-read' }),
    (draft) => draft.remove('aws_s3_bucket_ownership_controls'),
  ],
  'bucket-access-logged': [(draft) => draft.add('aws_s3_bucket', { bucket: 'another' })],
  'bucket-replicated': [(draft) => draft.add('aws_s3_bucket', { bucket: 'another' })],
  'bucket-events': [(draft) => draft.add('aws_s3_bucket', { bucket: 'another' })],
  'budget-tells-somebody': [
    (draft) => draft.set('aws_budgets_budget', { notification: undefined }),
    (draft) => draft.set('aws_budgets_budget', { notification: [{ threshold: 80 }] }),
  ],
};

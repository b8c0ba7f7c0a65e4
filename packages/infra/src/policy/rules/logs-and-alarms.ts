import { list, number } from '../../stack/stack-model.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** Log groups and alarms. */
export const logAndAlarmRules: readonly PolicyRule[] = [
  {
    id: 'log-retention',
    severity: 'low',
    why: 'Audits ask for a year. A group without retention keeps everything, and its price, for ever.',
    mend: 'Set retention_in_days to 365 or more.',
    ids: { checkov: ['CKV_AWS_66', 'CKV_AWS_338'], securityHub: ['CloudWatch.16'] },
    broken: unless(
      'aws_cloudwatch_log_group',
      ({ config }) => (number(config['retention_in_days']) ?? 0) >= 365,
    ),
  },
  {
    id: 'log-encrypted',
    severity: 'low',
    why: 'Logs of a database hold statements, and so data.',
    mend: 'Set kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_158'], trivy: ['AWS-0017'] },
    broken: unless('aws_cloudwatch_log_group', ({ config }) => config['kms_key_id'] !== undefined),
  },
  {
    id: 'alarm-tells-somebody',
    severity: 'medium',
    why: 'An alarm without an action fires and nobody knows.',
    mend: 'Give alarm_actions a topic, and leave actions_enabled on.',
    ids: { checkov: ['CKV_AWS_319'], securityHub: ['CloudWatch.15', 'CloudWatch.17'] },
    broken: unless(
      ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'],
      ({ config }) => config['actions_enabled'] !== false && list(config['alarm_actions']).length > 0,
    ),
  },
];

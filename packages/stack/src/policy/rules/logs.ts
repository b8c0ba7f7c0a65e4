import { number } from '../../model/stack-model.ts';
import { isSet, type PolicyRule, unless } from '../policy-rule.ts';

/** Log groups. */
export const logRules: readonly PolicyRule[] = [
  {
    id: 'log-retention',
    severity: 'low',
    why: 'Audits ask for a year of logs; a group without a retention keeps, and charges for, all of them indefinitely.',
    fix: 'Set retention_in_days to 365 or more.',
    ids: { checkov: ['CKV_AWS_66', 'CKV_AWS_338'], securityHub: ['CloudWatch.16'] },
    broken: unless(
      'aws_cloudwatch_log_group',
      ({ config }) => (number(config['retention_in_days']) ?? 0) >= 365,
    ),
  },
  {
    id: 'log-encrypted',
    severity: 'low',
    why: 'Logs of a database contain statements, and so data.',
    fix: 'Set kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_158'], trivy: ['AWS-0017'] },
    broken: unless('aws_cloudwatch_log_group', isSet('kms_key_id')),
  },
];

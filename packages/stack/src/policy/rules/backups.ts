import { blocks, number } from '../../model/stack-model.ts';
import { isOffOrUnset, isSet, type PolicyRule, unless } from '../policy-rule.ts';

/** AWS Backup. */
export const backupRules: readonly PolicyRule[] = [
  {
    id: 'backup-vault-customer-key',
    severity: 'medium',
    why: "The AWS-managed key can't be shared with another account, limited by a policy, or withdrawn.",
    fix: 'Set kms_key_arn to a customer key.',
    ids: { checkov: ['CKV_AWS_166'], securityHub: ['Backup.1'] },
    broken: unless('aws_backup_vault', isSet('kms_key_arn')),
  },
  {
    id: 'backup-vault-kept',
    severity: 'high',
    why: 'With force_destroy the vault takes every backup along.',
    fix: 'Set force_destroy to false.',
    broken: unless('aws_backup_vault', isOffOrUnset('force_destroy')),
  },
  {
    id: 'backup-plan-retention',
    severity: 'medium',
    why: 'Backups without an end are kept, and paid, for ever; those of less than a week are gone after a weekend.',
    fix: 'Set delete_after of lifecycle in each rule, to 7 days or more.',
    broken: unless('aws_backup_plan', ({ config }) =>
      blocks(config['rule']).every((rule) =>
        blocks(rule['lifecycle']).some((lifecycle) => (number(lifecycle['delete_after']) ?? 0) >= 7),
      ),
    ),
  },
];

import { blocks, number } from '../../model/stack-model.ts';
import { isOffOrUnset, isSet, type PolicyRule, unless } from '../policy-rule.ts';

/** AWS Backup. */
export const backupRules: readonly PolicyRule[] = [
  {
    id: 'backup-vault-customer-key',
    severity: 'medium',
    why: "The AWS-managed key can't be shared with another account, limited by a policy, or disabled.",
    fix: 'Set kms_key_arn to a customer key.',
    ids: { checkov: ['CKV_AWS_166'], securityHub: ['Backup.1'] },
    broken: unless('aws_backup_vault', isSet('kms_key_arn')),
  },
  {
    id: 'backup-vault-kept',
    severity: 'high',
    why: 'With force_destroy, deleting the vault deletes every backup in it.',
    fix: 'Set force_destroy to false.',
    broken: unless('aws_backup_vault', isOffOrUnset('force_destroy')),
  },
  {
    id: 'backup-plan-retention',
    severity: 'medium',
    why: 'Backups that never expire are paid for indefinitely; those kept for less than a week may be gone before a mistake is noticed.',
    fix: 'Set delete_after in the lifecycle of each rule to 7 days or more.',
    broken: unless('aws_backup_plan', ({ config }) =>
      blocks(config['rule']).every((rule) =>
        blocks(rule['lifecycle']).some((lifecycle) => (number(lifecycle['delete_after']) ?? 0) >= 7),
      ),
    ),
  },
];

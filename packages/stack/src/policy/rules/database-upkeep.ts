import { list, type StackModel, type StackResource, text } from '../../model/stack-model.ts';
import { cluster, instance, isPostgres, isReplica } from '../database-facts.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** RDS ends its standard support of 13 in 2026 (its release calendar). */
const oldestMajorVersion = 14;

/** What keeps a database healthy over the years. */
export const databaseUpkeepRules: readonly PolicyRule[] = [
  {
    id: 'rds-supported-version',
    severity: 'high',
    why: 'An unsupported version gets no more fixes, and RDS charges for extended support.',
    fix: `Set engine_version to ${oldestMajorVersion} or later.`,
    ids: { checkov: ['CKV_AWS_250', 'CKV_AWS_388'] },
    broken: unless([instance, cluster], (resource) => {
      const version = text(resource.config['engine_version']);
      return !isPostgres(resource) || version === undefined || parseInt(version) >= oldestMajorVersion;
    }),
  },
  {
    id: 'rds-backup-plan',
    severity: 'medium',
    why: "RDS's own backups are kept for 35 days at most, and can be deleted with the database.",
    fix: 'Name the database in an aws_backup_selection.',
    ids: { checkov: ['CKV2_AWS_8'], securityHub: ['RDS.26'] },
    broken: unless(
      [instance, cluster],
      (resource, stack) => isReplica(resource) || isSelected(resource, stack),
    ),
  },
];

function isSelected({ address }: StackResource, stack: StackModel): boolean {
  return stack
    .ofType('aws_backup_selection')
    .flatMap(({ config }) => list(config['resources']))
    .some((selected) => selected === '*' || stack.target(selected)?.address === address);
}

import { number, type StackModel, type StackResource } from '../../model/stack-model.ts';
import { cluster, clusterInstance, instance, isMultiAzCluster, isReplica } from '../database-facts.ts';
import { isOffOrUnset, isOnOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

const takesSnapshot = isOffOrUnset('skip_final_snapshot');

/** What keeps the data and the service when something fails, or somebody makes a mistake. */
export const databaseAvailabilityRules: readonly PolicyRule[] = [
  {
    id: 'rds-multi-az',
    severity: 'high',
    why: 'When its zone or its host fails, a single instance is unavailable until it is restored from a backup.',
    fix: 'Set multi_az to true; give an Aurora cluster a second instance.',
    ids: { checkov: ['CKV_AWS_157'], securityHub: ['RDS.5', 'RDS.15'] },
    broken: unless([instance, cluster], (resource, stack) =>
      resource.type === cluster ? hasStandby(resource, stack) : resource.config['multi_az'] === true,
    ),
  },
  {
    id: 'rds-backups',
    severity: 'high',
    why: 'A mistake that is noticed after a weekend needs a backup from before it.',
    fix: 'Set backup_retention_period to 7 days or more.',
    ids: { checkov: ['CKV_AWS_133'], trivy: ['AWS-0077'], securityHub: ['RDS.11'] },
    broken: unless(
      [instance, cluster],
      (resource) => isReplica(resource) || (number(resource.config['backup_retention_period']) ?? 0) >= 7,
    ),
  },
  {
    id: 'rds-deletion-protection',
    severity: 'high',
    why: 'One wrong apply or click deletes the database.',
    fix: 'Set deletion_protection to true.',
    ids: {
      checkov: ['CKV_AWS_293', 'CKV_AWS_139'],
      trivy: ['AWS-0177', 'AWS-0343'],
      securityHub: ['RDS.8', 'RDS.7'],
    },
    broken: unless([instance, cluster], isTrue('deletion_protection')),
  },
  {
    id: 'rds-final-snapshot',
    severity: 'medium',
    why: 'Without a final snapshot, deleting the database loses its latest data for good.',
    fix: 'Set skip_final_snapshot to false, and final_snapshot_identifier to a name.',
    broken: unless(
      [instance, cluster],
      (resource, stack) =>
        isReplica(resource) ||
        (takesSnapshot(resource, stack) && resource.config['final_snapshot_identifier'] !== undefined),
    ),
  },
  {
    id: 'rds-copy-tags',
    severity: 'low',
    why: 'A snapshot without tags has no owner, and nobody dares to delete it.',
    fix: 'Set copy_tags_to_snapshot to true.',
    ids: { checkov: ['CKV2_AWS_60', 'CKV_AWS_313'], securityHub: ['RDS.17', 'RDS.16'] },
    broken: unless([instance, cluster], isTrue('copy_tags_to_snapshot')),
  },
  {
    id: 'rds-minor-upgrades',
    severity: 'medium',
    why: 'Minor versions bring the security fixes.',
    fix: 'Set auto_minor_version_upgrade to true.',
    ids: { checkov: ['CKV_AWS_226'], securityHub: ['RDS.13', 'RDS.35'] },
    broken: unless([instance, clusterInstance], isOnOrUnset('auto_minor_version_upgrade')),
  },
];

/** Whether another server can take over. Aurora keeps the data in three zones anyway. */
function hasStandby(resource: StackResource, stack: StackModel): boolean {
  const servers = stack.referrers(clusterInstance, 'cluster_identifier', resource);
  return isMultiAzCluster(resource) || servers.length >= 2;
}

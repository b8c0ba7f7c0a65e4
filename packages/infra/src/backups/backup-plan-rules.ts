import type { BackupPlanRule } from '@cdktf/provider-aws/lib/backup-plan/index.js';
import type { BackupRetentions } from './backup-settings.ts';

/** Days that the backups of each rule are kept, with defaults filled in. */
export function completeRetentions(props: BackupRetentions) {
  const { dailyRetentionDays = 35, monthlyRetentionDays = 365, continuousRetentionDays } = props;
  return { dailyRetentionDays, monthlyRetentionDays, continuousRetentionDays };
}

/**
 * The rules of a plan. Nothing moves to cold storage, which AWS Backup has not for RDS:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
 *
 * The hours are apart from the default windows of RDS for backups and maintenance, in which AWS Backup's jobs fail.
 */
export function backupPlanRules(
  retentions: ReturnType<typeof completeRetentions>,
  { vaultName, copyToVaultArn }: { vaultName: string; copyToVaultArn: string | undefined },
): BackupPlanRule[] {
  const { dailyRetentionDays, monthlyRetentionDays, continuousRetentionDays } = retentions;
  const rule = (ruleName: string, schedule: string, deleteAfter: number): BackupPlanRule => ({
    ruleName,
    targetVaultName: vaultName,
    schedule,
    // Minutes. A job that could not start or end by then is reported as failed.
    startWindow: 60,
    completionWindow: 720,
    lifecycle: { deleteAfter },
    copyAction:
      copyToVaultArn === undefined
        ? undefined
        : [{ destinationVaultArn: copyToVaultArn, lifecycle: { deleteAfter } }],
  });
  const rules = [
    rule('daily', 'cron(0 6 ? * * *)', dailyRetentionDays),
    rule('monthly', 'cron(0 10 1 * ? *)', monthlyRetentionDays),
  ];
  if (continuousRetentionDays !== undefined) {
    rules.push({
      ...rule('continuous', 'cron(0 8 ? * * *)', continuousRetentionDays),
      enableContinuousBackup: true,
      // A copy would be one more daily snapshot.
      copyAction: undefined,
    });
  }
  return rules;
}

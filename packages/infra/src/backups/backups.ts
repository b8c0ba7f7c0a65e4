import { BackupPlan } from '@cdktf/provider-aws/lib/backup-plan/index.js';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import type { Database } from '../database/database.ts';
import { PostgresInstance } from '../database/postgres-instance.ts';
import { refuseFaults } from '../faults.ts';
import { serviceRole } from '../service-role.ts';
import { awsIdentity } from '../stack/aws-identity.ts';
import { settingsFaults } from '../settings-faults.ts';
import { backupPlanRules, completeRetentions } from './backup-plan-rules.ts';
import { type BackupRetentions, retentionSettings, type VaultLock } from './backup-settings.ts';
import { BackupVault, type BackupVaultProps } from './backup-vault.ts';

export interface BackupsProps extends BackupRetentions, BackupVaultProps {
  /** The instance or cluster. */
  readonly database: Database;
  /** A vault that gets a copy of each backup: a `BackupVault` below an `AwsRegion`. Default none. */
  readonly copyTo?: { readonly arn: string };
}

/**
 * AWS Backup of one database: daily and monthly snapshots in a vault that outlives the database, with copies in another
 * region on request. They do not replace RDS's own automated backups, which restore to a point in time.
 */
export class Backups extends Construct {
  readonly vault: BackupVault;
  readonly plan: BackupPlan;
  /** Makes the backups, and restores them. */
  readonly role: IamRole;

  /** @throws UserError `invalid-settings`: AWS Backup would refuse settings; the message lists them all. */
  constructor(scope: Construct, id: string, props: BackupsProps) {
    super(scope, id);
    const { name, database, copyTo, lock } = props;
    const retentions = completeRetentions(props);
    const { continuousRetentionDays } = retentions;
    refuseFaults(`Backups "${name}"`, [
      ...settingsFaults(retentionSettings, props),
      ...lockFaults(retentions, lock),
      continuousRetentionDays !== undefined &&
        !(database instanceof PostgresInstance) &&
        'continuousRetentionDays is for a PostgresInstance',
    ]);
    this.vault = new BackupVault(this, 'vault', props);
    this.plan = new BackupPlan(this, 'plan', {
      name,
      rule: backupPlanRules(retentions, {
        vaultName: this.vault.vault.name,
        copyToVaultArn: copyTo?.arn,
      }),
    });
    this.role = this.#role(name);
    new BackupSelection(this, 'selection', {
      name,
      planId: this.plan.id,
      iamRoleArn: this.role.arn,
      resources: [database.arn],
    });
    if (continuousRetentionDays !== undefined && database instanceof PostgresInstance) {
      // AWS Backup sets both from then on, and RDS refuses anybody else's change. They add to what is ignored already.
      database.writer.addOverride('lifecycle.ignore_changes', ['backup_retention_period', 'backup_window']);
    }
  }

  #role(name: string): IamRole {
    // AWS Backup is not documented to send aws:SourceAccount here; passing the role stays within the account anyway.
    const service = 'backup.amazonaws.com';
    const role = serviceRole(this, 'role', { name: `${name}-backup`, service, sendsAccount: false });
    for (const task of ['Backup', 'Restores']) {
      new IamRolePolicyAttachment(this, `may-${task.toLowerCase()}`, {
        role: role.name,
        policyArn: `arn:${awsIdentity(this).partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor${task}`,
      });
    }
    return role;
  }
}

/** A backup whose retention the lock forbids would fail every day. */
function lockFaults(retentions: BackupRetentions, lock: VaultLock = {}): (string | false)[] {
  const { minRetentionDays = 1, maxRetentionDays = Infinity } = lock;
  return Object.entries(retentions).map(
    ([name, days]: [string, number | undefined]) =>
      days !== undefined &&
      (days < minRetentionDays || days > maxRetentionDays) &&
      `${name} is ${days}, which the lock forbids (${minRetentionDays} to ${maxRetentionDays})`,
  );
}

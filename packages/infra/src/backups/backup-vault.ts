import { BackupVaultLockConfiguration } from '@cdktf/provider-aws/lib/backup-vault-lock-configuration/index.js';
import { BackupVault as Vault } from '@cdktf/provider-aws/lib/backup-vault/index.js';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { settingsFaults } from '../settings-faults.ts';
import { backupSettings, type VaultLock } from './backup-settings.ts';

export interface BackupVaultProps {
  /** 2 to 50 letters, digits, hyphens and underscores. */
  readonly name: string;
  /** Key in the vault's region. */
  readonly encryption: { readonly keyArn: string };
  /** A lock in governance mode: `{ minRetentionDays, maxRetentionDays }`. Default none. */
  readonly lock?: VaultLock;
  /**
   * Whether the vault's backups are deleted with it. Otherwise a vault with backups can't be deleted. Default false.
   */
  readonly forceDestroy?: boolean;
}

/** Where AWS Backup keeps backups, encrypted with a customer key. Below an `AwsRegion` it is a vault for copies. */
export class BackupVault extends Construct {
  readonly vault: Vault;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: BackupVaultProps) {
    super(scope, id);
    const { name, lock } = props;
    const { minRetentionDays = 1, maxRetentionDays } = lock ?? {};
    refuseFaults(`BackupVault "${name}"`, [
      !/^[\w-]{2,50}$/.test(name) && `name "${name}" is not 2 to 50 letters, digits, hyphens and underscores`,
      ...settingsFaults(backupSettings.pick({ lock: true }), props),
      maxRetentionDays !== undefined &&
        maxRetentionDays < minRetentionDays &&
        `lock.maxRetentionDays is ${maxRetentionDays}; at least minRetentionDays (${minRetentionDays}) is needed`,
    ]);
    this.vault = new Vault(this, 'vault', {
      name,
      kmsKeyArn: props.encryption.keyArn,
      forceDestroy: props.forceDestroy ?? false,
    });
    if (lock !== undefined) {
      // Without changeable_for_days it is in governance mode: compliance mode could never be taken back.
      new BackupVaultLockConfiguration(this, 'lock', {
        backupVaultName: this.vault.name,
        minRetentionDays,
        maxRetentionDays,
      });
    }
  }

  get arn(): string {
    return this.vault.arn;
  }
}

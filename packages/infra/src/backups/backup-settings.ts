import { z } from 'zod';
import { regionName } from '../region-name.ts';
import { counted, whole } from '../settings-faults.ts';

/** Retentions that the vault's backups may have. Nobody deletes them earlier without the right to remove the lock. */
export const vaultLockSettings = z.strictObject({
  /** Default 1. */
  minRetentionDays: counted.optional(),
  /** Default: no bound. */
  maxRetentionDays: counted.optional(),
});

export const retentionSettings = z.strictObject({
  /** Days that daily backups are kept. Default 35. */
  dailyRetentionDays: counted.optional(),
  /** Days that the backups of the first of each month are kept. Default 365. */
  monthlyRetentionDays: counted.optional(),
  /**
   * Days that a point in time can be restored by AWS Backup, 1 to 35. It then sets the retention and window of RDS's
   * automated backups itself. Default: no continuous backups, since RDS's own are.
   */
  continuousRetentionDays: whole(1, 35, 'AWS Backup allows 1 to 35').optional(),
});

/** What an environment says of its backups beyond RDS's own. */
export const backupSettings = z.strictObject({
  ...retentionSettings.shape,
  /** Another region, in which a copy of each backup is kept. Default none. */
  copyToRegion: regionName.optional(),
  /** Default none. */
  lock: vaultLockSettings.optional(),
});

export type BackupSettings = z.input<typeof backupSettings>;
export type BackupRetentions = z.input<typeof retentionSettings>;
export type VaultLock = z.input<typeof vaultLockSettings>;

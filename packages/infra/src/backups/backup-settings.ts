import { z } from 'zod';
import { regionName } from '../region-name.ts';
import { counted, whole } from '../settings-faults.ts';

/** Bounds of the retention of a vault's backups. Who may not remove the lock can't delete a backup earlier. */
export const vaultLockSettings = z.strictObject({
  /** The least number of days for which a backup is kept. Default 1. */
  minRetentionDays: counted.optional(),
  /** The greatest number of days for which a backup is kept. Default: no limit. */
  maxRetentionDays: counted.optional(),
});

/** Days for which AWS Backup keeps what it makes. */
export const retentionSettings = z.strictObject({
  /** Days for which the daily backups, of 06:00 UTC, are kept. Default 35. */
  dailyRetentionDays: counted.optional(),
  /** Days for which the backups of the first of each month, at 10:00 UTC, are kept. Default 365. */
  monthlyRetentionDays: counted.optional(),
  /**
   * Days within which AWS Backup can restore any point in time, 1 to 35. AWS Backup then manages RDS's automated backups,
   * with their retention and window. Default: RDS's own automated backups.
   */
  continuousRetentionDays: whole(1, 35, 'AWS Backup allows 1 to 35').optional(),
});

/** Settings of an environment's backups by AWS Backup. */
export const backupSettings = z.strictObject({
  ...retentionSettings.shape,
  /** Of an environment: another region that gets a copy of each backup. Default none. */
  copyToRegion: regionName.optional(),
  /** A lock of the vault in governance mode. Default none. */
  lock: vaultLockSettings.optional(),
});

export type BackupSettings = z.input<typeof backupSettings>;
export type BackupRetentions = z.input<typeof retentionSettings>;
export type VaultLock = z.input<typeof vaultLockSettings>;

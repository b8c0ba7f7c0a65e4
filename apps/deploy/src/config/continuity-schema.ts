import { z } from 'zod';
import { region } from './region.ts';

/** What a database is made from, in place of an empty one. */
export const restore = z.strictObject({
  snapshotIdentifier: z.string().optional(),
  sourceIdentifier: z.string().optional(),
  sourceBackupsArn: z.string().optional(),
  time: z.string().optional(),
});

const retentionDays = z.int().min(1).optional();

/** AWS Backup, beside RDS's own backups. */
export const backups = z.strictObject({
  dailyRetentionDays: retentionDays,
  monthlyRetentionDays: retentionDays,
  continuousRetentionDays: z.int().min(1).max(35).optional(),
  copyToRegion: region.optional(),
  lock: z.strictObject({ minRetentionDays: retentionDays, maxRetentionDays: retentionDays }).optional(),
});

/** Of the administrator's password. */
export const rotation = z.strictObject({ afterDays: z.int().min(7).max(365).optional() });

/** A replica of the database in another region, with all that it needs there. */
export const crossRegionReplica = z.strictObject({
  region,
  zones: z.array(z.string()).min(2).max(3),
  cidr: z.string().optional(),
  instanceClass: z.string().optional(),
  multiAz: z.boolean().optional(),
  backupRetentionDays: z.int().min(0).max(35).optional(),
  promoted: z.boolean().optional(),
});

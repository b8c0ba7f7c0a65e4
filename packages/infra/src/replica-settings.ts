import { z } from 'zod';
import { vpcCidr } from './network/network-settings.ts';
import { regionName } from './region-name.ts';
import { whole } from './settings-faults.ts';

/** What can be chosen of a replica in another region. */
export const replicaSettings = z.strictObject({
  /** Default: the source's. */
  instanceClass: z.string().optional(),
  /** A standby in another zone of the replica's region. Default false. */
  multiAz: z.boolean().optional(),
  /** Backups of the replica itself, 0 to 35 days. Default 7. */
  backupRetentionDays: whole(0, 35, 'RDS allows 0 to 35').optional(),
  /**
   * Make it a database of its own, which takes writes and no longer follows its source. There is no way back.
   * Default false.
   */
  promoted: z.boolean().optional(),
});

/** A replica of the database in another region, with all that it needs there. */
export const replicaRegionSettings = z.strictObject({
  /** Another region than the stack's: `eu-central-1`. */
  region: regionName,
  /** Names of 2 or 3 zones of it. */
  zones: z.array(z.string()).min(2).max(3).readonly(),
  /** Block of its VPC, which shares no address with another VPC that it is to be connected to. Default `10.1.0.0/16`. */
  cidr: vpcCidr.optional(),
  ...replicaSettings.shape,
});

export type ReplicaSettings = z.input<typeof replicaSettings>;
export type ReplicaRegionSettings = z.input<typeof replicaRegionSettings>;

import { z } from 'zod';
import { vpcCidr } from './network/network-settings.ts';
import { regionName } from './region-name.ts';
import { whole } from './settings-faults.ts';

/** Settings of a replica in another region. */
export const replicaSettings = z.strictObject({
  /** Its class, such as `db.m7g.large`. Default: the source's. */
  instanceClass: z.string().optional(),
  /** A standby in another zone of the replica's region. Default false. */
  multiAz: z.boolean().optional(),
  /** Days for which backups of the replica itself are kept, 0 to 35. Default 7. */
  backupRetentionDays: whole(0, 35, 'RDS allows 0 to 35').optional(),
  /**
   * Whether it is a database of its own, which accepts writes and no longer follows its source. There is no way back.
   * Default false.
   */
  promoted: z.boolean().optional(),
});

/** Settings of a replica in another region, and of the network around it. */
export const replicaRegionSettings = z.strictObject({
  /** A region other than the stack's, such as `eu-central-1`. */
  region: regionName,
  /** Names of 2 or 3 availability zones of the region. */
  zones: z.array(z.string()).min(2).max(3).readonly(),
  /** IPv4 block of its VPC. It must not overlap with a VPC that it will be connected to. Default `10.1.0.0/16`. */
  cidr: vpcCidr.optional(),
  ...replicaSettings.shape,
});

export type ReplicaSettings = z.input<typeof replicaSettings>;
export type ReplicaRegionSettings = z.input<typeof replicaRegionSettings>;

import { z } from 'zod';
import { backupSettings } from './backups/backup-settings.ts';
import { clusterSettings } from './cluster/cluster-settings.ts';
import { databaseSettings } from './database/database-settings.ts';
import { dnsSettings } from './dns/dns-settings.ts';
import { logRetention } from './log-retention.ts';
import { networkSettings } from './network/network-settings.ts';
import { proxySettings } from './proxy/proxy-settings.ts';
import { replicaRegionSettings } from './replica-settings.ts';
import { rotationSettings } from './secrets/rotation-settings.ts';

/** Settings in which environments differ. */
export const wholeEnvironmentSettings = z.strictObject({
  /** The options of `Network`. */
  network: networkSettings,
  /** The options of `PostgresInstance`. */
  database: databaseSettings,
  /**
   * A `PostgresCluster` in place of the instance. Options that the two share have the value of `database` unless they
   * are given here. Default: an instance.
   */
  cluster: clusterSettings.optional(),
  /** A `Proxy` in front of the database; `{}` has the defaults. Default none. */
  proxy: proxySettings.optional(),
  /** Days for which flow logs and PostgreSQL logs are kept. */
  logRetentionDays: logRetention,
  /** A `Bastion`. It needs NAT, or the endpoints `ssm` and `ssmmessages`. */
  bastion: z.boolean(),
  /** `Dns` names for the database. Default none. */
  dns: dnsSettings.optional(),
  /** `Backups` by AWS Backup, in addition to RDS's own; false for none. */
  backups: z.union([backupSettings, z.literal(false)]),
  /**
   * `PasswordRotation` for the administrator. False leaves it to RDS where RDS manages the password (every 7 days), and
   * to `adminPasswordVersion` elsewhere.
   */
  rotation: z.union([rotationSettings, z.literal(false)]),
  /** A `ReplicaRegion` for each. Default none. */
  crossRegionReplicas: z.array(replicaRegionSettings).readonly().optional(),
  /** Policy findings to accept: the reason for each, by id of the rule. */
  suppressions: z.record(z.string(), z.string()).readonly(),
});

/**
 * Settings that win over a preset's; what is left out stays as the preset has it, and suppressions add to it.
 *
 * @example
 * ```ts
 * import { environmentOverrides, environmentSettings } from '@ecommerce-dms/infra/settings';
 *
 * const settings = environmentOverrides.parse({ database: { replicas: 2 } }); // throws with every fault
 * console.log(environmentSettings('staging', settings).database.replicas);
 * ```
 */
export const environmentOverrides = wholeEnvironmentSettings.partial().extend({
  network: networkSettings.partial().optional(),
  database: databaseSettings.partial().optional(),
});

export type EnvironmentSettings = z.input<typeof wholeEnvironmentSettings>;
export type EnvironmentOverrides = z.input<typeof environmentOverrides>;

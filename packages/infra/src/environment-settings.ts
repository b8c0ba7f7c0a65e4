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

/** What differs from one environment to the next. */
export const wholeEnvironmentSettings = z.strictObject({
  network: networkSettings,
  database: databaseSettings,
  /** A cluster in place of the instance. What the two share is as in `database`, unless given here. Default none. */
  cluster: clusterSettings.optional(),
  /** RDS Proxy in front of the database. Default none. */
  proxy: proxySettings.optional(),
  /** Days that flow logs and PostgreSQL logs are kept. */
  logRetentionDays: logRetention,
  /** A way to the database for people and pipelines, by Session Manager. It needs NAT, or endpoints. */
  bastion: z.boolean(),
  /** Names `writer` and `reader` in a zone. Default none. */
  dns: dnsSettings.optional(),
  /** AWS Backup, beside RDS's own backups; false for none. */
  backups: z.union([backupSettings, z.literal(false)]),
  /**
   * The administrator's password changes by itself. False leaves it to RDS where RDS manages it (every 7 days), and to
   * `adminPasswordVersion` elsewhere.
   */
  rotation: z.union([rotationSettings, z.literal(false)]),
  /** Replicas of the instance in other regions. Default none. */
  crossRegionReplicas: z.array(replicaRegionSettings).readonly().optional(),
  /** Policy findings that are right here, each with its reason, by id of the rule. */
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

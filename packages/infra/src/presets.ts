import type { EnvironmentOverrides, EnvironmentSettings } from './environment-settings.ts';

/** What a database that exists for hours can do without. */
const shortLived = {
  'rds-multi-az': 'It may be down for as long as it takes to create it again.',
  'rds-backups': 'Its data is made by a command.',
  'rds-deletion-protection': 'It exists to be deleted.',
  'rds-final-snapshot': 'It leaves nothing behind.',
  'rds-backup-plan': 'Its data is made by a command.',
  'backup-vault-kept': 'It leaves nothing behind.',
  'secret-rotated': 'The database is gone before a rotation would be due.',
  'log-retention': 'Its logs matter for days.',
  'alert-topic-subscribed': 'Nobody is on call for it.',
};

/** Survives the loss of a zone, keeps a year of logs and four weeks of backups, and can't be deleted by mistake. */
const production: EnvironmentSettings = {
  network: { zoneCount: 3, nat: 'per-zone' },
  database: {
    instanceClass: 'db.m7g.large',
    multiAz: true,
    replicas: 1,
    storage: { allocatedGib: 100, maxAllocatedGib: 1000 },
    backupRetentionDays: 28,
    monitoringIntervalSeconds: 15,
  },
  logRetentionDays: 365,
  suppressions: {},
  bastion: true,
  backups: {},
  rotation: {},
};

/** The shape of production with less of everything, so that a release meets the same topology before it counts. */
const staging: EnvironmentSettings = {
  network: { zoneCount: 2, nat: 'single' },
  database: {
    instanceClass: 'db.t4g.medium',
    multiAz: true,
    replicas: 1,
    storage: { allocatedGib: 50, maxAllocatedGib: 200 },
    backupRetentionDays: 7,
  },
  logRetentionDays: 90,
  suppressions: {
    'rds-backup-plan': "RDS's own backups are enough for data that a command can make again.",
    'log-retention': 'It holds no data that an audit asks about.',
    'alert-topic-subscribed': 'Nobody is on call for it.',
  },
  bastion: true,
  backups: false,
  rotation: {},
};

/** The cheapest database that has production's encryption, TLS and roles. It leaves nothing behind. */
const development: EnvironmentSettings = {
  network: { zoneCount: 2, nat: 'none' },
  database: {
    instanceClass: 'db.t4g.micro',
    multiAz: false,
    replicas: 0,
    storage: { allocatedGib: 20, maxAllocatedGib: 50 },
    backupRetentionDays: 1,
    deletionProtection: false,
    finalSnapshot: false,
    applyImmediately: true,
  },
  logRetentionDays: 7,
  suppressions: shortLived,
  bastion: false,
  backups: false,
  rotation: false,
};

/** Lives for hours: a development database with a replica, so that tests read what a standby has. */
const test: EnvironmentSettings = {
  ...development,
  database: { ...development.database, instanceClass: 'db.t4g.small', replicas: 1 },
};

/** Settings by name of the environment. */
export const presets = { development, test, staging, production };

export type PresetName = keyof typeof presets;

/**
 * A preset with some of its settings changed. `storage` is merged key by key like the rest; `cluster` and `proxy` are not.
 *
 * @example
 * ```ts
 * const settings = environmentSettings('staging', { database: { instanceClass: 'db.m7g.large' } });
 * console.log(settings.database.storage); // as the preset has it
 * ```
 */
export function environmentSettings(
  preset: PresetName,
  overrides: EnvironmentOverrides = {},
): EnvironmentSettings {
  const base = presets[preset];
  const { storage, ...database } = overrides.database ?? {};
  return {
    network: override(base.network, overrides.network),
    database: {
      ...override(base.database, database),
      storage: override(base.database.storage ?? {}, storage),
    },
    cluster: overrides.cluster ?? base.cluster,
    proxy: overrides.proxy ?? base.proxy,
    logRetentionDays: overrides.logRetentionDays ?? base.logRetentionDays,
    suppressions: { ...base.suppressions, ...overrides.suppressions },
    bastion: overrides.bastion ?? base.bastion,
    backups: overrides.backups ?? base.backups,
    rotation: overrides.rotation ?? base.rotation,
    crossRegionReplicas: overrides.crossRegionReplicas ?? base.crossRegionReplicas,
    dns: overrides.dns ?? base.dns,
  };
}

/** A setting that is undefined is a setting that was left out. */
function override<T extends object>(base: T, changes: Partial<T> = {}): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

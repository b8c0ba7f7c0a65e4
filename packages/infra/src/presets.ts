import type { PostgresInstanceProps } from './database/postgres-props.ts';
import type { NetworkProps } from './network/network.ts';

/** What differs from one environment to the next. */
export interface EnvironmentSettings {
  readonly network: Pick<NetworkProps, 'cidr' | 'nat' | 'flowLogs'> & {
    /** Zones to spread over. */
    readonly zoneCount: 2 | 3;
  };
  readonly database: Omit<
    PostgresInstanceProps,
    'name' | 'databaseName' | 'network' | 'encryption' | 'logRetentionDays'
  >;
  /** Days that flow logs and PostgreSQL logs are kept. */
  readonly logRetentionDays: number;
}

/** Survives the loss of a zone, keeps a year of logs and four weeks of backups, and can't be deleted by mistake. */
const production: EnvironmentSettings = {
  network: { zoneCount: 3, nat: 'per-zone' },
  database: {
    instanceClass: 'db.m7g.large',
    multiAz: true,
    replicas: 1,
    storage: { allocatedGiB: 100, maxAllocatedGiB: 1000 },
    backupRetentionDays: 28,
    monitoringIntervalSeconds: 15,
  },
  logRetentionDays: 365,
};

/** The shape of production with less of everything, so that a release meets the same topology before it counts. */
const staging: EnvironmentSettings = {
  network: { zoneCount: 2, nat: 'single' },
  database: {
    instanceClass: 'db.t4g.medium',
    multiAz: true,
    replicas: 1,
    storage: { allocatedGiB: 50, maxAllocatedGiB: 200 },
    backupRetentionDays: 7,
  },
  logRetentionDays: 90,
};

/** Lives for hours and leaves nothing behind. */
const test: EnvironmentSettings = {
  network: { zoneCount: 2, nat: 'none' },
  database: {
    instanceClass: 'db.t4g.small',
    multiAz: false,
    replicas: 1,
    storage: { allocatedGiB: 20, maxAllocatedGiB: 50 },
    backupRetentionDays: 1,
    deletionProtection: false,
    finalSnapshot: false,
    applyImmediately: true,
  },
  logRetentionDays: 7,
};

/** The cheapest database that has production's encryption, TLS and roles. */
const development: EnvironmentSettings = {
  network: { zoneCount: 2, nat: 'none' },
  database: {
    instanceClass: 'db.t4g.micro',
    multiAz: false,
    replicas: 0,
    storage: { allocatedGiB: 20, maxAllocatedGiB: 50 },
    backupRetentionDays: 1,
    deletionProtection: false,
    finalSnapshot: false,
    applyImmediately: true,
  },
  logRetentionDays: 7,
};

/** Settings by name of the environment. */
export const presets = { development, test, staging, production };

export type PresetName = keyof typeof presets;

/** Settings that win over a preset's; what is left out stays as the preset has it. */
export interface EnvironmentOverrides {
  readonly network?: Partial<EnvironmentSettings['network']>;
  readonly database?: Partial<EnvironmentSettings['database']>;
  readonly logRetentionDays?: number;
}

/** A preset with some of its settings changed. `storage` is merged key by key like the rest. */
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
    logRetentionDays: overrides.logRetentionDays ?? base.logRetentionDays,
  };
}

/** A setting that is undefined is a setting that was left out. */
function override<T extends object>(base: T, changes: Partial<T> = {}): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

import type { App } from 'cdktf';
import {
  AwsStack,
  DatabaseEnvironment,
  type EnvironmentOverrides,
  environmentSettings,
  type StateBackend,
} from '../src/index.ts';
import { type Choice, pairwise } from './pairwise.ts';
import { testAccountId } from './preset-stack.ts';

/** The choices that an environment has. */
const factors = {
  database: ['instance', 'multi-az', 'aurora', 'serverless'],
  network: ['no way out', 'endpoints', 'one NAT', 'NAT per zone', 'existing'],
  zones: [2, 3],
  readers: [0, 2],
  origin: ['new', 'snapshot', 'point in time'],
  updates: ['in place', 'blue/green'],
  storage: ['small', 'fast'],
  insights: ['standard', 'advanced'],
  proxy: [false, true],
  bastion: [false, true],
  names: ['none', 'new zone', 'existing zone'],
  backups: ['none', 'daily', 'copied', 'locked'],
  rotation: [false, true],
  farReplica: [false, true],
  disposable: [false, true],
  budget: [false, true],
  state: ['local', 's3'],
} as const;

export type Options = Choice<typeof factors>;

/** What the constructs do not refuse. Each refusal has a test of its own, beside its construct. */
function isPossible({ database, network, zones, ...given }: Partial<Options>): boolean {
  const { readers, origin, updates, storage, proxy, bastion, rotation, farReplica } = given;
  const isCluster = database !== undefined && database !== 'instance';
  const closed = network === 'no way out';
  return !(
    (isCluster && (updates === 'blue/green' || farReplica === true || (origin ?? 'new') !== 'new')) ||
    (database === 'multi-az' && (zones === 2 || readers === 0)) ||
    (updates === 'blue/green' && ((readers ?? 0) > 0 || farReplica === true || proxy === true)) ||
    ((database === 'aurora' || database === 'serverless') && storage === 'fast') ||
    (closed && (bastion === true || rotation === true))
  );
}

/** Options in which each pair of possible choices stands at least once. The same each time. */
export function optionMatrix(): Options[] {
  return pairwise(factors, isPossible);
}

/** The policy rules that the options break on purpose; every other rule must hold. */
export function rulesGivenUp(options: Options): string[] {
  const { database, backups, disposable, readers, rotation } = options;
  const isInstance = database === 'instance';
  const hasOwnPassword =
    isInstance && (readers > 0 || options.farReplica || options.updates === 'blue/green');
  return [
    backups === 'none' ? ['rds-backup-plan'] : [],
    disposable ? ['rds-deletion-protection', 'rds-final-snapshot', 'backup-vault-kept'] : [],
    // One Aurora instance is in one zone.
    !isInstance && readers === 0 ? ['rds-multi-az'] : [],
    hasOwnPassword && !rotation ? ['secret-rotated'] : [],
  ].flat();
}

/** A stack with the options, and everything else as in production. */
export function addOptionStack(app: App, id: string, options: Options): AwsStack {
  const stack = new AwsStack(app, id, {
    region: 'eu-west-1',
    accountId: testAccountId,
    tags: { environment: id, owner: 'shop-team', costCenter: '4711' },
    backend: backendOf(options),
  });
  new DatabaseEnvironment(stack, 'shop', {
    ...environmentSettings('production', overridesOf(options)),
    crossRegionReplicas: options.farReplica
      ? [{ region: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b'] }]
      : [],
    name: id,
    databaseName: 'shop',
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    alertEmails: ['oncall@example.com'],
    monthlyBudgetUsd: options.budget ? 500 : undefined,
  });
  return stack;
}

function backendOf({ state }: Options): StateBackend {
  return state === 'local'
    ? { type: 'local' }
    : { type: 's3', bucket: 'state', key: 'shop.tfstate', region: 'eu-west-1' };
}

function overridesOf(options: Options): EnvironmentOverrides {
  return {
    network: networkOf(options),
    database: databaseOf(options),
    cluster: clusterOf(options),
    proxy: options.proxy ? {} : undefined,
    bastion: options.bastion,
    dns: {
      none: undefined,
      'new zone': { zoneName: 'shop.internal' },
      'existing zone': { zoneName: 'shop.internal', zoneId: 'Z0123456789ABCDEFGHIJ' },
    }[options.names],
    backups: {
      none: false as const,
      daily: {},
      copied: { copyToRegion: 'eu-central-1' },
      locked: { lock: {} },
    }[options.backups],
    rotation: options.rotation ? {} : false,
  };
}

function networkOf({ network, zones: zoneCount }: Options): EnvironmentOverrides['network'] {
  const subnets = ['subnet-0a', 'subnet-0b', 'subnet-0c'].slice(0, zoneCount);
  return {
    'no way out': { zoneCount, nat: 'none' as const, endpoints: [] },
    endpoints: {
      zoneCount,
      nat: 'none' as const,
      endpoints: ['s3', 'ssm', 'ssmmessages', 'secretsmanager', 'logs', 'kms'] as const,
    },
    'one NAT': { zoneCount, nat: 'single' as const },
    'NAT per zone': { zoneCount, nat: 'per-zone' as const },
    existing: {
      zoneCount,
      existing: { vpcId: 'vpc-0a', databaseSubnetIds: subnets, privateSubnetIds: subnets },
    },
  }[network];
}

function databaseOf(options: Options): EnvironmentOverrides['database'] {
  const { readers, storage, insights, updates, origin, disposable } = options;
  return {
    replicas: readers,
    storage: storage === 'fast' ? { allocatedGib: 400, iops: 16_000, throughputMibps: 700 } : {},
    insights,
    blueGreen: updates === 'blue/green',
    restore: {
      new: undefined,
      snapshot: { snapshotIdentifier: 'before' },
      'point in time': { sourceIdentifier: 'shop', time: '2026-11-22T10:00:00Z' },
    }[origin],
    deletionProtection: !disposable,
    finalSnapshot: !disposable,
  };
}

function clusterOf({ database, readers, storage }: Options): EnvironmentOverrides['cluster'] {
  return {
    instance: undefined,
    'multi-az': {
      mode: 'multi-az' as const,
      instanceClass: 'db.m6gd.large',
      storage: storage === 'fast' ? { type: 'io1' as const, allocatedGib: 100, iops: 3000 } : undefined,
    },
    aurora: {
      mode: 'aurora' as const,
      instanceClass: 'db.r7g.large',
      readers,
      readerScaling: readers === 0 ? undefined : { maxReaders: 4 },
      storageType: 'aurora-iopt1' as const,
    },
    serverless: { mode: 'aurora' as const, serverless: { minAcu: 0.5, maxAcu: 8 }, readers },
  }[database];
}

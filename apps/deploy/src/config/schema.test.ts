import type {
  AuroraSettings,
  DnsProps,
  EnvironmentOverrides,
  MultiAzSettings,
  NetworkSettings,
  PostgresInstanceProps,
  ProxySettings,
  ReplicaRegionSettings,
  StateBackend,
} from '@ecommerce-dms/infra';
import { expect, test } from 'vitest';
import { configSchema } from './schema.ts';

/** A value for each option of a construct that an environment chooses: one without a value here is no TypeScript. */
type EachOf<T> = { readonly [K in keyof Required<T>]: NonNullable<Required<T>[K]> };
type InstanceOptions = Omit<
  PostgresInstanceProps,
  'name' | 'network' | 'encryption' | 'databaseName' | 'logRetentionDays'
>;

const shared = {
  majorVersion: 17,
  port: 15_433,
  adminUsername: 'keeper',
  maxConnections: 200,
  parameters: { work_mem: '8MB' },
  backupRetentionDays: 7,
  backupWindow: '01:00-02:00',
  maintenanceWindow: 'mon:03:00-mon:04:00',
  deletionProtection: true,
  finalSnapshot: true,
  monitoringIntervalSeconds: 30,
  insights: 'standard',
  caCertificate: 'rds-ca-ecc384-g1',
  applyImmediately: false,
} as const;
const database: EachOf<InstanceOptions> = {
  ...shared,
  instanceClass: 'db.m7g.large',
  multiAz: true,
  replicas: 1,
  replicaInstanceClass: 'db.m7g.large',
  storage: { allocatedGib: 400, maxAllocatedGib: 1000, iops: 16_000, throughputMibps: 600 },
  adminPassword: 'secrets-manager',
  adminPasswordVersion: 2,
  autoMinorVersionUpgrade: true,
  blueGreen: false,
  restore: { sourceIdentifier: 'shop', time: '2026-11-22T10:00:00Z' },
};
const aurora: EachOf<AuroraSettings> = {
  ...shared,
  mode: 'aurora',
  instanceClass: 'db.r7g.large',
  serverless: { minAcu: 0, maxAcu: 4, pauseAfterSeconds: 600 },
  readers: 1,
  readerScaling: { maxReaders: 5, metric: 'cpu', target: 50 },
  storageType: 'aurora-iopt1',
  autoMinorVersionUpgrade: true,
};
const multiAz: EachOf<MultiAzSettings> = {
  ...shared,
  mode: 'multi-az',
  instanceClass: 'db.m6gd.large',
  storage: { type: 'io2', allocatedGib: 200, iops: 4000 },
};
const network: EachOf<NetworkSettings> = {
  zoneCount: 3,
  cidr: '10.2.0.0/16',
  nat: 'single',
  endpoints: ['s3', 'kms'],
  flowLogs: true,
  existing: {
    vpcId: 'vpc-1',
    databaseSubnetIds: ['subnet-1', 'subnet-2'],
    privateSubnetIds: ['subnet-3'],
    endpointSecurityGroupId: 'sg-1',
  },
};
const proxy: EachOf<ProxySettings> = {
  users: ['app'],
  passwordVersion: 2,
  maxConnectionsPercent: 70,
  maxIdleConnectionsPercent: 30,
  borrowTimeoutSeconds: 10,
  idleClientTimeoutSeconds: 600,
};
const dns: EachOf<Omit<DnsProps, 'vpcId' | 'database'>> = {
  zoneName: 'shop.internal',
  zoneId: 'Z1',
  ttlSeconds: 10,
};
const replica: EachOf<ReplicaRegionSettings> = {
  region: 'eu-central-1',
  zones: ['eu-central-1a', 'eu-central-1b'],
  cidr: '10.3.0.0/16',
  instanceClass: 'db.m7g.large',
  multiAz: true,
  backupRetentionDays: 7,
  promoted: false,
};
const overrides: EachOf<EnvironmentOverrides> = {
  network,
  database,
  cluster: aurora,
  proxy,
  logRetentionDays: 90,
  bastion: true,
  dns,
  backups: {
    dailyRetentionDays: 35,
    monthlyRetentionDays: 365,
    continuousRetentionDays: 14,
    copyToRegion: 'eu-central-1',
    lock: { minRetentionDays: 7, maxRetentionDays: 400 },
  },
  rotation: { afterDays: 30 },
  crossRegionReplicas: [replica],
  suppressions: { 'rds-backup-plan': 'It has none.' },
};
const state: EachOf<Extract<StateBackend, { type: 's3' }>> = {
  type: 's3',
  bucket: 'state',
  key: 'shop.tfstate',
  region: 'eu-west-1',
  kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
};

/** What the settings become of an environment on AWS. */
function parsed(aws: object): unknown {
  const { environments } = configSchema.parse({ environments: { production: { target: 'aws', aws } } });
  return environments['production']?.aws;
}

test.each(Object.entries(overrides))(
  '%s of dms.config.ts has each option of its construct',
  (name, value) => {
    expect(parsed({ [name]: value })).toMatchObject({ [name]: value });
  },
);

test('a Multi-AZ cluster, a state in S3, and what turns a part off are settings too', () => {
  for (const aws of [{ cluster: multiAz }, { state }, { backups: false }, { rotation: false }]) {
    expect(parsed(aws)).toMatchObject(aws);
  }
});

test('what a construct would refuse is refused when the settings are read, all faults at once', () => {
  const aws = {
    database: { port: 80, replicas: 16, backupWindow: '1-2', adminUsername: 'admin', iops: 3000 },
    logRetentionDays: 8,
    rotation: { afterDays: 3 },
    crossRegionReplicas: [{ ...replica, region: 'eu-wset-1' }],
  };
  const { error } = configSchema.safeParse({ environments: { production: { target: 'aws', aws } } });
  const messages = error?.issues
    .map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`)
    .join('\n');
  for (const fault of [
    /database\.port: RDS allows 1150 to 65535/,
    /database\.replicas: RDS allows 0 to 15/,
    /database\.backupWindow: "1-2" is not hh:mm-hh:mm/,
    /database\.adminUsername: "admin" is reserved/,
    /database: Unrecognized key: "iops"/,
    /logRetentionDays: CloudWatch knows/,
    /crossRegionReplicas\.0\.region: .*Did you mean eu-west-1/,
  ]) {
    expect(messages).toMatch(fault);
  }
});

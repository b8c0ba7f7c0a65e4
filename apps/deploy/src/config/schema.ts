import { z } from 'zod';
import { cluster, clusterAndInstance, proxy } from './cluster-schema.ts';
import { backups, crossRegionReplica, restore, rotation } from './continuity-schema.ts';
import { region } from './region.ts';

const storage = z.strictObject({
  allocatedGiB: z.int().min(20).max(65_536).optional(),
  maxAllocatedGiB: z.int().min(20).max(65_536).optional(),
});

const database = z.strictObject({
  ...clusterAndInstance,
  instanceClass: z.string().optional(),
  multiAz: z.boolean().optional(),
  replicas: z.int().min(0).max(15).optional(),
  replicaInstanceClass: z.string().optional(),
  storage: storage.optional(),
  backupRetentionDays: z.int().min(0).max(35).optional(),
  adminPassword: z.enum(['rds', 'secrets-manager']).optional(),
  adminPasswordVersion: z.int().min(1).optional(),
  blueGreen: z.boolean().optional(),
  restore: restore.optional(),
});

const network = z.strictObject({
  cidr: z.string().optional(),
  zoneCount: z.union([z.literal(2), z.literal(3)]).optional(),
  nat: z.enum(['none', 'single', 'per-zone']).optional(),
  endpoints: z
    .array(
      z.enum([
        's3',
        'secretsmanager',
        'logs',
        'monitoring',
        'kms',
        'sts',
        'ssm',
        'ssmmessages',
        'ec2messages',
        'rds',
      ]),
    )
    .optional(),
  flowLogs: z.boolean().optional(),
  /** A VPC that is there already. */
  existing: z
    .strictObject({
      vpcId: z.string(),
      databaseSubnetIds: z.array(z.string()),
      privateSubnetIds: z.array(z.string()),
      endpointSecurityGroupId: z.string().optional(),
    })
    .optional(),
});

const stateBackend = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('s3'),
    bucket: z.string(),
    key: z.string(),
    region,
    kmsKeyArn: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('local'), path: z.string().optional() }),
]);

const aws = z.strictObject({
  /** What the environment starts from; the settings below win over it. */
  preset: z.enum(['development', 'test', 'staging', 'production']).default('production'),
  region: region.default('eu-west-1'),
  /** Default: the region's first zones, `a` on. */
  zones: z.array(z.string()).min(2).max(3).optional(),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'An account has 12 digits')
    .optional(),
  /** The tags Owner and CostCenter. */
  owner: z.string().min(1).default('shop'),
  costCenter: z.string().min(1).default('shop'),
  alertEmails: z.array(z.email()).default([]),
  /** A stack that may cost more a month ends `dms cost` with findings; AWS Budgets watches the bill. */
  monthlyBudgetUsd: z.number().positive().optional(),
  state: stateBackend.default({ type: 'local' }),
  network: network.default({}),
  database: database.default({}),
  cluster: cluster.optional(),
  /** RDS Proxy; `{}` has the defaults. */
  proxy: proxy.optional(),
  logRetentionDays: z.int().min(1).optional(),
  /** AWS Backup; false for none. Default: from the preset, as all that is left out here. */
  backups: z.union([backups, z.literal(false)]).optional(),
  /** Rotation of the administrator's password; false for none. */
  rotation: z.union([rotation, z.literal(false)]).optional(),
  crossRegionReplicas: z.array(crossRegionReplica).optional(),
  /** Policy findings that are right here: id of the rule, and why. They add to the preset's. */
  suppressions: z.record(z.string(), z.string()).optional(),
  /** Default: as the preset has it. */
  bastion: z.boolean().optional(),
  /** A private zone with the names `writer` and `reader`. */
  dns: z.strictObject({ zoneName: z.string(), zoneId: z.string().optional() }).optional(),
});

const data = {
  /** Orders to generate into an empty database. */
  orders: z.int().min(0).max(100_000_000).default(10_000),
  /** The generated data follows from this number. */
  seed: z.int().min(0).default(1),
  /** Products in Shopify's CSV export format, from the folder of `dms.config.ts` on. Default: the sample catalog. */
  catalog: z.string().optional(),
  /** ISO 4217 code of the catalog's prices. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'A currency is three capital letters, such as USD')
    .default('USD'),
};

const localEnvironment = z.strictObject({
  target: z.literal('local'),
  /** The writer's port, 1024 to 65535. Default: a free one, which is then kept. */
  port: z.int().min(1024).max(65_535).optional(),
  /** Hot standbys; the first commit waits for one of them. */
  standbys: z.int().min(0).max(3).default(1),
  ...data,
  /** The same environment on AWS. */
  aws: aws.default(aws.parse({})),
});

const awsEnvironment = z.strictObject({ target: z.literal('aws'), ...data, aws: aws.default(aws.parse({})) });

/** Everything that `dms.config.ts` may say. */
export const configSchema = z.strictObject({
  environments: z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'A name is a letter, then letters, digits and hyphens'),
    z.discriminatedUnion('target', [localEnvironment, awsEnvironment]),
  ),
});

export type LocalEnvironment = z.infer<typeof localEnvironment>;
export type Environment = LocalEnvironment | z.infer<typeof awsEnvironment>;

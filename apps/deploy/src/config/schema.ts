import {
  accountSettings,
  environmentOverrides,
  regionName,
  stateBackendSettings,
} from '@ecommerce-dms/infra/settings';
import type { WorkerOptions } from '@ecommerce-dms/entities';
import { z } from 'zod';

const { shape } = environmentOverrides;

const aws = z.strictObject({
  /** What the environment starts from; the settings below win over it. */
  preset: z.enum(['development', 'test', 'staging', 'production']).default('production'),
  region: regionName.default('eu-west-1'),
  /** Default: the region's first zones, `a` on. */
  zones: z.array(z.string()).min(2).max(3).optional(),
  ...accountSettings.shape,
  /** The tags Owner and CostCenter. */
  owner: z.string().min(1).default('shop'),
  costCenter: z.string().min(1).default('shop'),
  alertEmails: z.array(z.email()).default([]),
  /** A stack that may cost more a month ends `dms cost` with findings; AWS Budgets watches the bill. */
  monthlyBudgetUsd: z.number().positive().optional(),
  state: stateBackendSettings.default({ type: 'local' }),
  ...shape,
  network: shape.network.default({}),
  database: shape.database.default({}),
});

/** Of {@link WorkerOptions}, what is not the command's own. The worker itself holds it against its schema: that takes MikroORM. */
type WorkerSettings = Omit<WorkerOptions, 'url' | 'ownerUrl' | 'signal' | 'onEvent'>;

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
  /** Of `dms worker`: the handler of events, payment providers, intervals, ages... */
  worker: z
    .custom<WorkerSettings>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'not an object',
    )
    .default({}),
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

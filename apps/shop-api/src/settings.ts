import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const settings = z.object({
  DATABASE_URL: z.string(),
  DATABASE_READER_URL: z.string().optional(),
  PORT: port.default(8080),
  /** Of the routes under /admin. */
  ADMIN_TOKEN: z.string().min(16),
  STRIPE_SECRET_KEY: z.string().default('sk_test_fake'),
  STRIPE_WEBHOOK_SECRET: z.string(),
  /** The port of a fake Stripe on loopback; without it, Stripe's own. */
  STRIPE_FAKE_PORT: port.optional(),
});

/** What the environment says. */
export type Settings = z.output<typeof settings>;

/** @throws UserError `invalid-settings` with every fault, and no value */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const result = settings.safeParse(environment);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UserError('invalid-settings', `The environment has faults: ${faults.join('; ')}`, {
    hint: 'apps/shop-api/README.md lists the variables.',
  });
}

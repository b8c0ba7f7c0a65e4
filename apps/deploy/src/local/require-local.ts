import { UserError } from '@ecommerce-dms/errors';
import type { LoadedEnvironment } from '../config/load-config.ts';
import type { LocalEnvironment } from '../config/schema.ts';

/**
 * The settings of a local environment.
 * @throws UserError `not-local` when the environment is on AWS; exit code 2
 */
export function requireLocal({ name, settings }: LoadedEnvironment, command: string): LocalEnvironment {
  if (settings.target === 'local') return settings;
  throw new UserError('not-local', `'dms ${command}' is for local environments, and '${name}' is on AWS.`, {
    exitCode: 2,
  });
}

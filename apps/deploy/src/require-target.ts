import { UserError } from '@ecommerce-dms/errors';
import { commandFor } from './command-for.ts';
import type { LoadedEnvironment } from './config/load-config.ts';
import type { LocalEnvironment } from './config/schema.ts';

/**
 * The settings of a local environment.
 * @throws UserError `environment-not-local` when the environment is on AWS; exit code 2
 */
export function requireLocal({ name, settings }: LoadedEnvironment, command: string): LocalEnvironment {
  if (settings.target === 'local') return settings;
  throw new UserError(
    'environment-not-local',
    `'dms ${command}' is for local environments, and '${name}' is on AWS.`,
  );
}

/**
 * Refuses a command in an environment that it is not for.
 * @throws UserError `environment-not-local`, `environment-not-on-aws`; exit code 2
 */
export function requireTarget(
  environment: LoadedEnvironment,
  target: 'local' | 'aws' | undefined,
  command: string,
): void {
  const { name, settings } = environment;
  if (target === 'local') requireLocal(environment, command);
  if (target !== 'aws' || settings.target === 'aws') return;
  throw new UserError(
    'environment-not-on-aws',
    `'dms ${command}' is for environments on AWS, and '${name}' is local.`,
    {
      hint: `A local environment is started by '${commandFor(environment, 'up')}', and deleted by '${commandFor(environment, 'down --purge')}'.`,
    },
  );
}

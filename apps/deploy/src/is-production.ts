import type { LoadedEnvironment } from './config/load-config.ts';

/** Whether an environment is on AWS, with the preset of production. */
export function isProduction({ settings }: LoadedEnvironment): boolean {
  return settings.target === 'aws' && settings.aws.preset === 'production';
}

import type { z } from 'zod';
import type { configSchema } from './schema.ts';

/** The settings as they are written in `dms.config.ts`: everything that has a default may be left out. */
export type Config = z.input<typeof configSchema>;

/**
 * Gives `dms.config.ts` its types. Returns what it is given.
 *
 * @example
 * ```ts
 * import { defineConfig } from '@ecommerce-dms/deploy';
 *
 * export default defineConfig({
 *   environments: { local: { target: 'local' }, staging: { target: 'aws', aws: { preset: 'staging' } } },
 * });
 * ```
 */
export function defineConfig(config: Config): Config {
  return config;
}

import { readFile } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { Option } from 'commander';
import type { ShadowOptions } from '../shadow/shadow-options.ts';

/** What `shadowFlags` gives. */
export interface ShadowFlags {
  shadowUrl?: string;
  shadowSql?: string;
}

/** The options of verbs that replay migrations in a shadow database. */
export const shadowFlags: readonly Option[] = [
  new Option(
    '--shadow-url <url>',
    "a database of the server on which to replay the migrations, in a throwaway database beside it (default: the project's)",
  ).env('SHADOW_DATABASE_URL'),
  new Option('--shadow-sql <file>', 'SQL that the throwaway database needs before the migrations'),
];

/** @throws UserError `invalid-settings`: the file cannot be read. */
export async function readShadowFlags({ shadowUrl, shadowSql }: ShadowFlags): Promise<ShadowOptions> {
  if (shadowSql === undefined) return { shadowUrl };
  try {
    return { shadowUrl, shadowSql: await readFile(shadowSql, 'utf8') };
  } catch (cause) {
    throw new UserError('invalid-settings', `--shadow-sql cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

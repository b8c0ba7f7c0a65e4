import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { UserError } from '@ecommerce-dms/errors';
import { MikroORM as OwnMikroORM, type Options } from '@mikro-orm/core';
import type { ProjectSettings } from './find-config.ts';
import { readConfig } from './read-config.ts';

/**
 * The options of MikroORM that a project's configuration exports, for this process.
 *
 * @param contextName of the one to take from a list, or to ask a function for
 * @throws UserError `invalid-settings`: the file cannot be loaded, has no such options, or belongs to another copy of MikroORM.
 */
export async function loadConfig(
  folder: string,
  file: string,
  settings: ProjectSettings,
  contextName: string,
): Promise<Options> {
  await checkSameMikroOrm(file);
  return readConfig(folder, file, settings, contextName);
}

/** Entities and migrations of one copy are strangers to another: run by `npx` from its cache, this package has its own. */
async function checkSameMikroOrm(file: string): Promise<void> {
  const require = createRequire(file);
  let path: string;
  try {
    path = require.resolve('@mikro-orm/core');
  } catch {
    return;
  }
  const { MikroORM } = (await import(pathToFileURL(path).href)) as { MikroORM?: unknown };
  if (MikroORM === OwnMikroORM) return;
  throw new UserError(
    'invalid-settings',
    'This package and the project have a copy of MikroORM each, and the entities of one are unknown to the other.',
    {
      hint: 'Install it in the project, and see that both have the same version of MikroORM: `npm install @ecommerce-dms/migrator`.',
    },
  );
}

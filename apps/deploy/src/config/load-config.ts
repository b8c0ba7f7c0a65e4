import { access } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { configSchema, type Environment } from './schema.ts';

const fileName = 'dms.config.ts';

/** A settings file that was read and found right. */
export interface LoadedEnvironment {
  name: string;
  settings: Environment;
  /** The folder of `dms.config.ts`; relative paths in the settings start here. */
  root: string;
  /** Where this environment's state, synthesized stack and local database live. */
  directory: string;
}

/**
 * Reads `dms.config.ts` from `from` or the nearest folder above it, and returns the environment `name`.
 *
 * @throws UserError `environment-not-found`, exit code 2, and as {@link loadEnvironments}
 */
export async function loadEnvironment(name: string, from = process.cwd()): Promise<LoadedEnvironment> {
  const { file, environments } = await loadEnvironments(from);
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    const known = environments.map((candidate) => candidate.name).join(', ');
    throw new UserError('environment-not-found', `There is no environment '${name}' in ${file}.`, {
      hint: `The environments are: ${known}.`,
    });
  }
  return environment;
}

/**
 * Reads every environment of `dms.config.ts`, from `from` or the nearest folder above it.
 * Without a file there is one environment, `local`, with its defaults.
 *
 * @throws UserError `config-unreadable`, `invalid-settings` (every fault at once); exit code 2
 */
export async function loadEnvironments(
  from = process.cwd(),
): Promise<{ file: string; root: string; environments: LoadedEnvironment[] }> {
  const file = await findUpwards(from);
  const root = file === undefined ? resolve(from) : dirname(file);
  const exported =
    file === undefined ? { environments: { local: { target: 'local' } } } : await importConfig(file);
  const parsed = configSchema.safeParse(exported);
  if (!parsed.success) {
    throw new UserError('invalid-settings', `${file} has faults:\n${z.prettifyError(parsed.error)}`);
  }
  const environments = Object.entries(parsed.data.environments).map(([name, settings]) => ({
    name,
    settings,
    root,
    directory: join(root, '.dms', name),
  }));
  return { file: file ?? fileName, root, environments };
}

async function findUpwards(from: string): Promise<string | undefined> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, fileName);
    try {
      await access(file);
      return file;
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

async function importConfig(file: string): Promise<unknown> {
  // `npm init` makes packages of CommonJS, in which Node would refuse an `import` in a .ts file.
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context),
  });
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new UserError('config-unreadable', `${file} cannot be loaded: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    hooks.deregister();
  }
}

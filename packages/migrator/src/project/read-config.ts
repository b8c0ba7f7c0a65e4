import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { Options } from '@mikro-orm/core';
import type { ProjectSettings } from './find-config.ts';

/** Loaders that compile what Node alone does not (decorators, enums, `.js` for `.ts`), as MikroORM's command tries them. */
const tsLoaders = {
  oxc: '@oxc-node/core/register',
  swc: '@swc-node/register/esm-register',
  tsx: 'tsx/esm/api',
};

// Imports nothing of MikroORM: it also runs in a process with the copy of another release.

/**
 * The options of MikroORM that a project's configuration exports: an object, a list, or a function.
 *
 * @param folder of the project
 * @param contextName of the one to take from a list, or to ask a function for
 * @throws UserError `invalid-settings`: the file cannot be loaded, or has no such options.
 */
export async function readConfig(
  folder: string,
  file: string,
  settings: ProjectSettings,
  contextName: string,
): Promise<Options> {
  if (isTypeScript(file)) await registerLoader(folder, settings);
  const exported = await importConfig(file);
  const found = await pick(exported, contextName);
  if (found !== undefined) return { preferTs: isTypeScript(file), ...found };
  throw new UserError(
    'invalid-settings',
    `${file} exports no options of MikroORM for the context '${contextName}'.`,
    { hint: 'Export them by default: an object, a promise, a list or a function of the name.' },
  );
}

/** Whether Node has to strip or compile types in it. */
function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

async function registerLoader(
  folder: string,
  { tsLoader = 'auto', preferTs }: ProjectSettings,
): Promise<void> {
  // What MikroORM asks when it looks for migrations and entities.
  process.env['MIKRO_ORM_CLI_ALWAYS_ALLOW_TS'] ??= '1';
  if (preferTs === false) return;
  const require = createRequire(join(folder, 'package.json'));
  for (const [name, module] of Object.entries(tsLoaders)) {
    if (tsLoader !== 'auto' && tsLoader !== name) continue;
    let path: string;
    try {
      path = require.resolve(module);
    } catch {
      continue;
    }
    const loader = (await import(pathToFileURL(path).href)) as { register?: () => void };
    if (name === 'tsx') loader.register?.();
    return;
  }
}

async function importConfig(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    const exported = await (module.default ?? module);
    // A module of CommonJS that was compiled from an ES module has its default export one level down.
    return isObject(exported) && '__esModule' in exported && 'default' in exported
      ? exported['default']
      : exported;
  } catch (cause) {
    if (isUserError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('invalid-settings', `${file} cannot be loaded: ${reason}`, {
      hint: loadHint(file),
      cause,
    });
  }
}

function loadHint(file: string): string {
  return isTypeScript(file)
    ? 'Correct it. Node only strips types: decorators, enums, and imports of .js for a .ts need a loader, such as tsx, in the devDependencies of the project.'
    : 'Correct it.';
}

async function pick(exported: unknown, contextName: string): Promise<Options | undefined> {
  const fits = (options: unknown): options is Options =>
    isObject(options) && (options['contextName'] ?? 'default') === contextName;
  for (const candidate of Array.isArray(exported) ? exported : [exported]) {
    if (fits(candidate)) return candidate;
    if (typeof candidate !== 'function') continue;
    const made: unknown = await candidate(contextName);
    if (isObject(made) && (made['contextName'] ?? contextName) === contextName)
      return made as unknown as Options;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

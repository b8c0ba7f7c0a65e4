import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { commandName } from '../migrator-command.ts';

/** What `package.json` says under `mikro-orm`, as MikroORM's own command reads it. */
export interface ProjectSettings {
  configPaths?: string[];
  preferTs?: boolean;
  /** The loader for TypeScript: `oxc`, `swc`, `tsx`. */
  tsLoader?: string;
}

/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings of the project, from the nearest `package.json`; MikroORM's variables come before them. */
export function projectSettings(folder: string, env: Environment): ProjectSettings {
  const settings = readSettings(folder);
  return {
    ...settings,
    tsLoader: env['MIKRO_ORM_CLI_TS_LOADER'] ?? settings.tsLoader,
    preferTs:
      env['MIKRO_ORM_CLI_PREFER_TS'] === undefined ? settings.preferTs : isOn(env['MIKRO_ORM_CLI_PREFER_TS']),
  };
}

function readSettings(folder: string): ProjectSettings {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const { 'mikro-orm': settings = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      'mikro-orm'?: ProjectSettings;
    };
    return settings;
  }
  return dirname(folder) === folder ? {} : readSettings(dirname(folder));
}

function isOn(text: string): boolean {
  return ['true', 't', '1'].includes(text.toLowerCase());
}

/**
 * The configuration of the project, where MikroORM's own command looks for it: `--config`, `MIKRO_ORM_CLI_CONFIG`,
 * `mikro-orm.configPaths` of package.json, then the usual names.
 *
 * @throws UserError `invalid-settings`: there is none; the message has the names.
 */
export function findConfig(
  folder: string,
  { configPaths = [], preferTs = true }: ProjectSettings,
  env: Environment,
  named: string | undefined,
): string {
  const built = ['dist', 'build'].find((each) => existsSync(join(folder, each))) ?? 'src';
  const usual = [
    ...(preferTs ? ['src/mikro-orm.config.ts', 'mikro-orm.config.ts'] : []),
    `${built}/mikro-orm.config.js`,
    'mikro-orm.config.js',
  ];
  const fromEnv = env['MIKRO_ORM_CLI_CONFIG'];
  const paths =
    named === undefined ? [...(fromEnv === undefined ? [] : [fromEnv]), ...configPaths, ...usual] : [named];
  const found = paths.map((path) => resolve(folder, path)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UserError(
    'invalid-settings',
    `There is no configuration of MikroORM in ${folder}: ${paths.join(', ')}.`,
    { hint: `Run it in the project's folder, or name the file: \`${commandName} info --config FILE\`.` },
  );
}

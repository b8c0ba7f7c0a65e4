import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import {
  type Environment,
  findConfig,
  projectSettings,
  type ProjectSettings,
} from '../../project/find-config.ts';
import { migratorCommand } from '../../migrator-command.ts';
import { checkOut, inCommit, nameCommit } from './check-out.ts';
import { linkModules } from './link-modules.ts';
import { runProgram } from './run-program.ts';

/** Which release is the previous one, and how its code is loaded. Give `ref` or `package`. */
export interface PreviousOptions {
  /** A commit of the repository that has the project: a tag, a branch, a hash. */
  ref?: string;
  /** A folder with an installed copy of the release, or the name of a package that the project can import. */
  package?: string;
  /**
   * Its configuration of MikroORM, in its folder. Where a commit has no such file, that of the working tree is copied
   * there. Default: `config` of the project, else where MikroORM's own command looks.
   */
  config?: string;
  /** A command line that installs its packages, in its folder. Default: a commit uses those of the working tree. */
  install?: string;
}

/** Where the project is of which this is the next release. */
export interface ProjectLocation {
  folder: string;
  env: Environment;
  /** Its configuration; default: where MikroORM's own command looks. */
  config?: string;
  /** The name in a configuration that has several. Default `default`. */
  contextName?: string;
}

/** The previous release, ready to be loaded. */
export interface PreviousRelease {
  /** For people: `v1.2 (0123456789ab)`. */
  title: string;
  folder: string;
  config: string;
  settings: ProjectSettings;
  contextName: string;
}

/**
 * Calls `use` with the files of the previous release; those of a commit are in a temporary folder until then.
 *
 * @throws UserError `invalid-settings`: there is no such commit, folder, package or configuration.
 * @throws UserError `release-unusable`: its packages cannot be installed.
 */
export async function withPreviousRelease<Result>(
  project: ProjectLocation,
  options: PreviousOptions,
  signal: AbortSignal | undefined,
  use: (release: PreviousRelease) => Promise<Result>,
): Promise<Result> {
  const { ref, package: name } = options;
  if ((ref === undefined) === (name === undefined)) {
    throw new UserError(
      'invalid-settings',
      'Name the previous release: by a commit or as a package, not both.',
      {
        hint: nameCommit,
      },
    );
  }
  if (name !== undefined) {
    const folder = await packageFolder(project.folder, name);
    await install(folder, options, signal);
    return use(located(project, options, folder, name));
  }
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'dms-previous-')));
  try {
    const checkedOut = await checkOut(project.folder, ref as string, join(temporary, 'release'), signal);
    const folder = inCommit(checkedOut, await realpath(project.folder)) as string;
    if (!existsSync(folder)) {
      throw new UserError('invalid-settings', `${ref} has no folder ${relative(checkedOut.files, folder)}.`, {
        hint: nameCommit,
      });
    }
    await addConfig(project, options, folder);
    if (options.install === undefined) await linkModules(checkedOut, temporary);
    else await install(folder, options, signal);
    return await use(located(project, options, folder, `${ref} (${checkedOut.commit})`));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function packageFolder(folder: string, name: string): Promise<string> {
  const path = resolve(folder, name);
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) return realpath(path);
  for (const paths of createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []) {
    if (existsSync(join(paths, name))) return realpath(join(paths, name));
  }
  throw new UserError(
    'invalid-settings',
    `There is neither a folder ${path} nor an installed package ${name}.`,
    {
      hint: `Install it in a folder, and name that: ${migratorCommand('compat', '--previous-package', 'FOLDER')}.`,
    },
  );
}

/** The configuration in the folder of the release, as its options or those of the project name it. */
function configOf({ folder, config }: ProjectLocation, options: PreviousOptions): string | undefined {
  if (options.config !== undefined) return options.config;
  return config !== undefined && isAbsolute(config) ? relative(folder, config) : config;
}

/** The project's own configuration in the place where the commit has none. */
async function addConfig(project: ProjectLocation, options: PreviousOptions, folder: string): Promise<void> {
  const named = configOf(project, options);
  const found = (at: string): string | undefined => {
    try {
      return findConfig(at, projectSettings(at, project.env), project.env, named);
    } catch {
      return undefined;
    }
  };
  const [own, its] = [found(project.folder), found(folder)];
  if (its !== undefined || own === undefined) return;
  const to = resolve(folder, relative(project.folder, own));
  await mkdir(dirname(to), { recursive: true });
  await copyFile(own, to);
}

async function install(
  folder: string,
  { install: command }: PreviousOptions,
  signal?: AbortSignal,
): Promise<void> {
  if (command === undefined) return;
  const { code, output } = await runProgram(command, [], { cwd: folder, shell: true, signal });
  if (code === 0) return;
  throw new UserError(
    'release-unusable',
    `The packages of the previous release cannot be installed: ${output.trim()}`,
    {
      hint: `Correct the command: it is run in its folder, and ended with ${code}.`,
    },
  );
}

function located(
  project: ProjectLocation,
  options: PreviousOptions,
  folder: string,
  title: string,
): PreviousRelease {
  const { env, contextName = 'default' } = project;
  const settings = projectSettings(folder, env);
  const config = findConfig(folder, settings, env, configOf(project, options));
  return { title, folder, settings, contextName, config };
}

import { mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from '../../migrator-command.ts';
import { runProgram } from './run-program.ts';

/** The files of a commit, outside of the working tree. */
export interface CheckedOut {
  /** The folder of the repository, and of the files of the commit. */
  repository: string;
  files: string;
  /** The hash of the commit, shortened. */
  commit: string;
}

/** What to do without the commit of a previous release. */
export const nameCommit = `Name a commit of the repository that has the project, such as the tag of the last release; in CI, fetch it first. That of now is ${migratorCommand('compat', '--previous', 'HEAD')}.`;

/**
 * Writes the files of a commit into `target`. It changes nothing in the repository: neither its index nor its list of
 * working trees.
 *
 * @param folder in the working tree of the repository
 * @param ref names the commit: a tag, a branch, a hash
 * @throws UserError `invalid-settings`: there is no git, no repository, or no such commit.
 */
export async function checkOut(
  folder: string,
  ref: string,
  target: string,
  signal?: AbortSignal,
): Promise<CheckedOut> {
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, GIT_INDEX_FILE: `${target}.index` };
    const { code, stdout, output } = await runProgram('git', args, { cwd, env, signal }).catch(
      (cause: unknown) => {
        throw unusable(ref, (cause as Error).message, cause);
      },
    );
    if (code !== 0) throw unusable(ref, output.trim());
    return stdout.trim();
  };
  const repository = await realpath(await git(folder, 'rev-parse', '--show-toplevel'));
  const commit = await git(
    repository,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ).catch((cause: unknown) => {
    throw unusable(ref, 'there is no such commit.', cause);
  });
  await git(repository, 'read-tree', commit);
  await mkdir(target, { recursive: true });
  await git(repository, 'checkout-index', '--all', '--force', `--prefix=${target}${sep}`);
  return { repository, files: target, commit: commit.slice(0, 12) };
}

/** Where a path of the working tree is among the files of the commit; undefined if it is not in the repository. */
export function inCommit({ repository, files }: CheckedOut, path: string): string | undefined {
  if (path === repository) return files;
  return path.startsWith(repository + sep) ? join(files, path.slice(repository.length)) : undefined;
}

function unusable(ref: string, reason: string, cause?: unknown): UserError {
  return new UserError('invalid-settings', `The files of ${ref} cannot be had from git: ${reason}`, {
    hint: nameCommit,
    cause,
  });
}

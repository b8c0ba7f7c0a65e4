import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { MigrationSource } from '../migration-source.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { EntryNames } from './history-tools.ts';

/**
 * What a history without names is matched by: the hashes of the files in SQL, and drizzle's journal.
 *
 * @param journal its path; default: `meta/_journal.json` beside the migrations, if it is there
 * @throws UserError `invalid-settings`: the journal that was named is none.
 */
export async function entryNames(
  code: readonly MigrationSource[],
  journal: string | undefined,
): Promise<EntryNames> {
  const byHash = new Map<string, string>();
  for (const { name, path } of code) {
    if (path === undefined || !path.endsWith('.sql')) continue;
    byHash.set(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
      name,
    );
  }
  const [folder] = code.flatMap(({ path }) => (path === undefined ? [] : [dirname(path)]));
  const file = journal ?? (folder && join(folder, 'meta', '_journal.json'));
  return { byHash, byTime: file === undefined ? new Map() : await readJournal(file, journal !== undefined) };
}

async function readJournal(file: string, isNamed: boolean): Promise<Map<number, string>> {
  try {
    const { entries } = JSON.parse(await readFile(file, 'utf8')) as {
      entries: { when: number; tag: string }[];
    };
    return new Map(entries.map(({ when, tag }) => [when, tag]));
  } catch (cause) {
    if (!isNamed) return new Map();
    throw new UserError('invalid-settings', `${file} is no journal of drizzle.`, {
      hint: `Name the file meta/_journal.json that drizzle-kit has written: ${migratorCommand('adopt', '--journal', 'drizzle/meta/_journal.json')}.`,
      cause,
    });
  }
}

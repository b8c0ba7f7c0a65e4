import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Fault } from '../refuse-faults.ts';
import type { MigrationFolders } from './migration-folders.ts';
import { withoutEnding } from './migration-name.ts';
import type { SqlMigrationPaths } from './sql-migration.ts';

/** An SQL migration in a folder. */
export interface FoundSqlMigration {
  name: string;
  paths: SqlMigrationPaths;
}

/**
 * The SQL migrations of a folder, and what is wrong with its SQL files.
 */
export async function findSqlMigrations({
  read: folder,
  source,
}: MigrationFolders): Promise<{ found: FoundSqlMigration[]; faults: Fault[] }> {
  const files = await sqlFilesIn(folder);
  const isDown = (file: string): boolean => /\.down\.sql$/i.test(file);
  const downs = new Map(files.filter(isDown).map((file) => [withoutEnding(file), join(folder, file)]));
  const ups = files.filter((file) => !isDown(file));
  const faults = ups.flatMap((name): Fault[] => {
    const problem = otherToolsProblem(name);
    return problem === undefined ? [] : [{ name, problem }];
  });
  const found = ups.map((file): FoundSqlMigration => {
    const name = withoutEnding(file);
    return { name, paths: { up: join(folder, file), down: downs.get(name) } };
  });
  for (const name of downs.keys()) {
    if (found.some((each) => each.name === name)) continue;
    faults.push({ name: `${name}.down.sql`, problem: `has no ${name}.sql beside it.` });
  }
  return { found, faults: [...faults, ...(await notCopiedFaults(folder, source))] };
}

/** SQL files that are written in `source` and were not put into `folder`, which is read. */
export async function notCopiedFaults(folder: string, source: string | undefined): Promise<Fault[]> {
  if (source === undefined) return [];
  const built = new Set(await sqlFilesIn(folder));
  return (await sqlFilesIn(source))
    .filter((name) => !built.has(name))
    .map((name) => ({
      name,
      problem: `is in ${source} and not in ${folder}, which is read. A TypeScript build does not copy SQL files: copy them there.`,
    }));
}

/** The names of the SQL files directly in a folder; none when there is no folder. */
export async function sqlFilesIn(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder);
    return files.filter((file) => /\.sql$/i.test(file) && !file.startsWith('.')).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The SQL files in folders below that of the migrations, which are none: those of `repeatable`, `callbacks` and `backfills`
 * are known by other names, others may be what classes read.
 */
export async function unreadSqlFiles({ read: folder }: MigrationFolders): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.sql$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => /^(?!(repeatable|callbacks|backfills)\/[^/]*$).*\//.test(file))
    .sort();
}

/** In Flyway's folders, names have meanings that would be lost here. */
function otherToolsProblem(file: string): string | undefined {
  if (file.startsWith('R__'))
    return 'has the name of a repeatable migration of Flyway. Move it into `repeatable/`.';
  if (/^U[\d._]*__/.test(file)) {
    return 'has the name of an undo migration of Flyway. Name it as the one that it undoes, with the ending `.down.sql`.';
  }
  return undefined;
}

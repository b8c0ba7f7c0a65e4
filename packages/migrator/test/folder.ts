import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { onTestFinished } from 'vitest';
import type { Migrator } from '../src/index.ts';
import { openMigrator } from './fixtures.ts';

/** Text of files by their names; a name with slashes makes folders. */
export type Files = Record<string, string | Uint8Array>;

/** A folder with files, removed at the end of the test. It is inside the package, so that a class can import MikroORM. */
export async function folderOf(files: Files): Promise<string> {
  const folder = await mkdtemp(fileURLToPath(new URL('.migrations-', import.meta.url)));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFiles(folder, files);
  return folder;
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** A migrator, new for each call, as another process would have it, that reads its migrations from a folder. */
export function migratorOf(
  url: string,
  folder: string,
  { migrations, ...options }: Options = {},
): Promise<Migrator> {
  return openMigrator(url, [], {
    preferTs: true,
    ...options,
    migrations: { migrationsList: undefined, path: folder, pathTs: folder, ...migrations },
  });
}

/** The text of a file with a migration class. */
export function classFile(name: string, up: string): string {
  return `import { Migration } from '@mikro-orm/migrations';

export class ${name} extends Migration {
  override up(): void {
    this.addSql(${JSON.stringify(up)});
  }
}
`;
}

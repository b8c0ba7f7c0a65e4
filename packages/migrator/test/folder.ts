import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { onTestFinished } from 'vitest';
import type { Migrator } from '../src/index.ts';
import { openMigrator } from './fixtures.ts';

/** Options of an ORM whose migrations are the files of a folder. */
export function inFolder(path: string): Options {
  return { preferTs: true, migrations: { migrationsList: undefined, path, pathTs: path } };
}

/** A folder for migrations, inside the package, so that the files can import MikroORM; gone at the end of the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(fileURLToPath(new URL('.migrations-', import.meta.url)));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Writes a migration's file. */
export async function writeMigration(
  folder: string,
  name: string,
  up: readonly string[],
  { down, before = '' }: { down?: readonly string[]; before?: string } = {},
): Promise<void> {
  const calls = (statements: readonly string[]): string =>
    statements.map((sql) => `    this.addSql(${JSON.stringify(sql)});\n`).join('');
  await writeFile(
    join(folder, `${name}.ts`),
    `import { Migration } from '@mikro-orm/migrations';
${before}
export class ${name} extends Migration {
  override up(): void {
${calls(up)}  }
${down === undefined ? '' : `  override down(): void {\n${calls(down)}  }\n`}}
`,
  );
}

/** Text of files by their names; a name with slashes makes folders. */
export type Files = Record<string, string | Uint8Array>;

/** A folder with files, removed at the end of the test. It is inside the package, so that a class can import MikroORM. */
export async function folderOf(files: Files): Promise<string> {
  const folder = await createFolder();
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
    ...inFolder(folder),
    ...options,
    migrations: { ...inFolder(folder).migrations, ...migrations },
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

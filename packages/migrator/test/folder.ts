import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { onTestFinished } from 'vitest';

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

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const bin = fileURLToPath(new URL('../bin/dms-migrator.mjs', import.meta.url));

/** How a command has ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A project inside of the package, so that its files can import MikroORM; gone at the end of the test. */
export async function createProject(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(fileURLToPath(new URL('.project-', import.meta.url)));
  onTestFinished(() => rm(folder, { recursive: true }));
  await addFiles(folder, { 'package.json': '{ "type": "module" }', ...files });
  return folder;
}

/** Writes files by their paths in a folder. */
export async function addFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Runs the command of the package in a folder, with the variables of this process and those given. */
export async function migrator(
  folder: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
  command: readonly [string, ...string[]] = [process.execPath, bin],
): Promise<Ended> {
  const [program, ...args] = command;
  const { VITEST: _, ...inherited } = process.env;
  const child = spawn(program, [...args, ...words], { cwd: folder, env: { ...inherited, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, ...output };
}

/** A migration as a file of a project; `body` is that of `up()`. */
export function migrationFile(name: string, body: string, down = ''): string {
  return `import { Migration } from '@mikro-orm/migrations';

export class ${name} extends Migration {
  override async up(): Promise<void> {
    ${body}
  }

  override async down(): Promise<void> {
    ${down}
  }
}
`;
}

/** A configuration of MikroORM in TypeScript, without a database of its own. */
export const configFile = `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';

interface Settings {
  quiet: boolean;
}
const settings = { quiet: true } satisfies Settings;
console.log('the configuration is loaded', settings.quiet);

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.text() } });

export default defineConfig({
  entities: [Item],
  extensions: [Migrator],
  migrations: { path: './migrations', tableName: 'done' },
});
`;

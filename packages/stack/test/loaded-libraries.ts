import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// Notes every module that is loaded, by import or by require.
const program = `
const { registerHooks } = require('node:module');
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
import(process.argv[1]).then(() => console.log(JSON.stringify(loaded)));`;

/**
 * The libraries (not packages of this workspace) of which an import of a source loads a module, by name.
 *
 * @throws Error when the source itself is not among what was loaded: then nothing was noted
 */
export async function loadedLibraries(source: URL): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, fileURLToPath(source)]);
  const loaded = JSON.parse(stdout) as string[];
  if (!loaded.includes(source.href)) throw new Error(`${source.href} is not among ${stdout}`);
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  return [...new Set(loaded.flatMap((url) => library.exec(url)?.[1] ?? []))].toSorted();
}

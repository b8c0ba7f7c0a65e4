import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A package of the Python registry, opened in a folder of its own. */
export interface AwsPackage {
  readonly name: string;
  readonly version: string;
  /** Day of a file in the package, `2026-10-20`. */
  date(path: string): string;
  /** The content of a JSON file, gzipped or not. */
  json(path: string): unknown;
}

/**
 * Downloads packages by pip, gives them to `use`, and removes them. Nothing of them is run.
 *
 * @param wanted names, each with a version or, for the newest, without: `cfn-lint`, `moto==5.2.5`
 * @throws Error where python3 is missing, or pip does not get a package
 */
export function withAwsPackages<T>(wanted: readonly string[], use: (packages: AwsPackage[]) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'rds-classes-'));
  const run = (file: string, args: string[]) =>
    execFileSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    run('python3', ['-m', 'venv', join(folder, 'python')]);
    const python = join(folder, 'python', 'bin', 'python');
    const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', 'download', '--no-deps'];
    const wheels = join(folder, 'wheels');
    // Wheels alone: pip would run the build script of any other kind of package.
    run(python, [...pip, '--only-binary', ':all:', '--dest', wheels, ...wanted]);
    const packages = readdirSync(wheels).map((wheel) => {
      const [name = '', version = ''] = wheel.split('-');
      const files = join(folder, name);
      run(python, ['-m', 'zipfile', '-e', join(wheels, wheel), files]);
      const listing = run(python, ['-m', 'zipfile', '-l', join(wheels, wheel)]);
      return {
        name: name.replaceAll('_', '-'),
        version,
        date: (path: string) => dateIn(listing, path),
        json: (path: string) => readJson(join(files, path)),
      };
    });
    return use(packages);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dateIn(listing: string, path: string): string {
  const line = listing.split('\n').find((one) => one.startsWith(`${path} `)) ?? '';
  const [date] = /\d{4}-\d\d-\d\d/.exec(line) ?? [];
  if (date === undefined) throw new Error(`${path} is not in the package any more.`);
  return date;
}

function readJson(file: string): unknown {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

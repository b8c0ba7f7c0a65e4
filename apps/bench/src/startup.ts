import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { medianOf } from './median.ts';
import { secondsOf } from './process-seconds.ts';

const runs = 5;

/**
 * Seconds of the command's main ways, from an installed workspace: a first `dms up` with 10,000 orders in an empty
 * folder, a second one, and `dms --help` (medians of 5 where it can be repeated).
 */
export async function benchStartup(): Promise<string[][]> {
  const manifest = fileURLToPath(import.meta.resolve('@ecommerce-dms/deploy/package.json'));
  const bin = join(dirname(manifest), 'bin', 'dms.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'dms-bench-'));
  const dms = (...args: string[]): Promise<number> => secondsOf([bin, ...args], folder);
  try {
    const first = await dms('up');
    const second = await medianOf(runs, () => dms('up'));
    const help = await medianOf(runs, () => dms('--help'));
    return [
      ['command', 'seconds', 'aim'],
      ['dms up, empty folder, 10,000 orders', first.toFixed(2), '< 15'],
      [`dms up again, median of ${runs}`, second.toFixed(2), '< 3'],
      [`dms --help, median of ${runs}`, help.toFixed(3), '< 0.200'],
    ];
  } finally {
    await dms('down', '--purge');
    await rm(folder, { recursive: true, force: true });
  }
}

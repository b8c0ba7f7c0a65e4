import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { medianOf } from './median.ts';
import { secondsOf } from './process-seconds.ts';

const runs = 5;

/** Seconds of `dms synth` of the production preset, and of an import of the whole provider, which it does without. */
export async function benchSynth(): Promise<string[][]> {
  const deploy = dirname(fileURLToPath(import.meta.resolve('@ecommerce-dms/deploy/package.json')));
  const infra = dirname(fileURLToPath(import.meta.resolve('@ecommerce-dms/infra')));
  const folder = await mkdtemp(join(tmpdir(), 'dms-bench-'));
  const importing = (name: string) => secondsOf(['--eval', `import('${name}')`], infra);
  try {
    await writeFile(
      join(folder, 'dms.config.ts'),
      `export default { environments: { production: { target: 'aws', aws: { preset: 'production' } } } };`,
    );
    const synth = await medianOf(runs, () =>
      secondsOf([join(deploy, 'bin', 'dms.mjs'), 'synth', '--env', 'production'], folder),
    );
    const core = await medianOf(runs, () => importing('cdktf'));
    const provider = await medianOf(runs, () => importing('@cdktf/provider-aws'));
    return [
      [`process, median of ${runs}`, 'seconds', 'aim'],
      ['dms synth --env production', synth.toFixed(2), '< 1.5'],
      ["import('cdktf') alone", core.toFixed(2), ''],
      ["import('@cdktf/provider-aws'), its root", provider.toFixed(2), ''],
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

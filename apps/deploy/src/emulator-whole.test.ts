import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Dms, type Ended } from '../test/dms.ts';
import { startEmulator } from '../test/emulator.ts';

const { DMS_MOTO_SERVER: moto = '', DMS_EMULATOR_WHOLE: asked } = process.env;

// Terraform's provider waits by its own clock for databases, so this takes eight minutes.
test.skipIf(moto === '' || asked === undefined)(
  'the whole test preset, its database included, with protection and a final snapshot (runs with DMS_EMULATOR_WHOLE)',
  { timeout: 1_200_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dms-emulator-'));
    const emulator = await startEmulator(moto);
    onTestFinished(async () => {
      await emulator.stop();
      await rm(folder, { recursive: true, force: true });
    });
    await writeFile(
      join(folder, 'dms.config.ts'),
      `export default { environments: { test: { target: 'aws', aws: { preset: 'test', database: {
         replicas: 0, deletionProtection: true, finalSnapshot: true } } } } };`,
    );
    const dms = (...args: string[]): Promise<Ended> =>
      new Dms(folder, [...args, '--env', 'test'], emulator.env).ended;

    const deployed = await dms('deploy', '--to', 'apply', '--yes', '--json');
    expect(deployed.stderr).toContain('0 changed, 0 destroyed');
    expect(deployed.code).toBe(0);
    expect(JSON.parse(deployed.stdout).stages.apply.outputs.writer_endpoint).toContain('shop-test.');
    expect((await dms('backup')).code).toBe(0);

    const refused = await dms('destroy', '--confirm', 'test');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--remove-deletion-protection'),
    });
    const flags = ['--confirm', 'test', '--remove-deletion-protection', '--wait', '0', '--json'];
    const destroyed = await dms('destroy', ...flags);
    const { proof, finalSnapshots } = JSON.parse(destroyed.stdout);
    expect(finalSnapshots).toEqual([expect.stringMatching(/^shop-test-final-\d{8}t\d{6}z$/)]);
    expect(proof.kept).toMatchObject([{ kind: 'manual snapshot', id: finalSnapshots[0] }]);
    // The one that dms backup took was not meant to stay.
    expect(proof.charged).toMatchObject([{ id: expect.stringMatching(/^shop-test-\d/) }]);
    expect(proof.notChecked).toEqual([]);
    expect(destroyed.code).toBe(1);
  },
);

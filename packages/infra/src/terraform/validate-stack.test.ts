import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { terraformMissing } from '../../test/terraform.ts';
import { Network } from '../network/network.ts';
import type { PresetName } from '../presets.ts';
import { synthesize } from '../stack/synthesize.ts';
import { validateStack } from './validate-stack.ts';

const pluginDirectory = process.env['DMS_TERRAFORM_PLUGIN_DIR'];
const note = terraformMissing === false ? '' : ` (skipped: ${terraformMissing})`;

function write(preset: PresetName, change?: (parts: ReturnType<typeof addPresetStack>) => void): string {
  const outdir = mkdtempSync(join(tmpdir(), 'infra-terraform-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  const { directory } = synthesize(
    (app) => {
      const parts = addPresetStack(app, preset);
      change?.(parts);
      return parts.stack;
    },
    { outdir },
  );
  return directory ?? outdir;
}

test.skipIf(terraformMissing).each(['development', 'test', 'staging', 'production'] as const)(
  `terraform validate accepts %s${note}`,
  async (preset) => {
    expect(await validateStack(write(preset), { pluginDirectory })).toMatchObject({
      valid: true,
      diagnostics: [],
    });
  },
);

test.skipIf(terraformMissing)(`terraform validate names what is wrong${note}`, async () => {
  const directory = write('development', ({ environment }) => {
    const { network } = environment;
    if (network instanceof Network) network.vpc.cidrBlock = '10.0.0.0/99';
  });
  const verdict = await validateStack(directory, { pluginDirectory });
  expect(verdict.valid).toBe(false);
  expect(JSON.stringify(verdict.diagnostics)).toMatch(/cidr_block.*10\.0\.0\.0\/99/);
});

test('a folder without a stack is refused', async () => {
  await expect(validateStack(tmpdir())).rejects.toMatchObject({ code: 'stack-missing' });
});

test.skipIf(terraformMissing)(`an init that can't work is a user's error${note}`, async () => {
  const directory = write('development');
  await expect(validateStack(directory, { pluginDirectory: directory })).rejects.toMatchObject({
    code: 'terraform-init',
  });
});

test("a missing terraform is a user's error", async () => {
  const path = process.env['PATH'];
  const directory = write('development');
  process.env['PATH'] = directory;
  try {
    await expect(validateStack(directory)).rejects.toMatchObject({ code: 'terraform-missing' });
  } finally {
    process.env['PATH'] = path;
  }
});

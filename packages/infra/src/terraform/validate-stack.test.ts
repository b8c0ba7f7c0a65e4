import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { Network } from '../network/network.ts';
import type { PresetName } from '../presets.ts';
import { synthesize } from '../stack/synthesize.ts';
import { validateStack } from './validate-stack.ts';

const pluginDirectory = process.env['DMS_TERRAFORM_PLUGIN_DIR'];
const hasTerraform = await promisify(execFile)('terraform', ['version']).then(
  () => true,
  () => false,
);
const skipped =
  pluginDirectory === undefined
    ? 'DMS_TERRAFORM_PLUGIN_DIR is not set'
    : !hasTerraform && 'there is no terraform on the PATH';
const note = skipped === false ? '' : ` (skipped: ${skipped})`;

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

test.skipIf(skipped).each(['development', 'test', 'staging', 'production'] as const)(
  `terraform validate accepts %s${note}`,
  async (preset) => {
    expect(await validateStack(write(preset), { pluginDirectory })).toMatchObject({
      valid: true,
      diagnostics: [],
    });
  },
);

test.skipIf(skipped)(`terraform validate names what is wrong${note}`, async () => {
  const directory = write('development', ({ environment }) => {
    const { network } = environment;
    if (network instanceof Network) network.vpc.cidrBlock = '10.0.0.0/99';
  });
  const verdict = await validateStack(directory, { pluginDirectory });
  expect(verdict.valid).toBe(false);
  expect(JSON.stringify(verdict.diagnostics)).toMatch(/cidr_block.*10\.0\.0\.0\/99/);
});

test.skipIf(skipped)(`terraform plans production without an account${note}`, async () => {
  const directory = write('production', ({ stack: { provider } }) => {
    provider.resetAllowedAccountIds();
    Object.assign(provider, {
      accessKey: 'mock',
      secretKey: 'mock',
      skipCredentialsValidation: true,
      skipRequestingAccountId: true,
      skipMetadataApiCheck: 'true',
      skipRegionValidation: true,
    });
  });
  const run = promisify(execFile);
  await run('terraform', ['init', '-input=false', `-plugin-dir=${pluginDirectory}`], { cwd: directory });
  const { stdout } = await run('terraform', ['plan', '-refresh=false', '-input=false', '-no-color'], {
    cwd: directory,
    maxBuffer: 2 ** 24,
  });
  expect(stdout).toMatch(/Plan: \d\d to add, 0 to change, 0 to destroy\./);
});

test('a folder without a stack is refused', async () => {
  await expect(validateStack(tmpdir())).rejects.toMatchObject({ code: 'stack-missing' });
});

test.skipIf(skipped)(`an init that can't work is a user's error${note}`, async () => {
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

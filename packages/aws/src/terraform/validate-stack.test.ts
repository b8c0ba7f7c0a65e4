import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { validateStack } from './validate-stack.ts';

const pluginDirectory = process.env['DMS_TERRAFORM_PLUGIN_DIR'];
const terraformMissing = pluginDirectory === undefined && 'DMS_TERRAFORM_PLUGIN_DIR is not set';
const note = terraformMissing === false ? '' : ` (skipped: ${terraformMissing})`;

/** A folder with a stack as infra synthesizes it, which stack keeps for its own tests. */
function write(preset: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'aws-terraform-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const recorded = new URL(`../../../stack/test/stacks/__snapshots__/${preset}.json`, import.meta.url);
  cpSync(recorded, join(directory, 'cdk.tf.json'));
  return directory;
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
  const directory = write('development');
  const file = join(directory, 'cdk.tf.json');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('"cidr_block": "10.0.0.0/16"', '"cidr_block": "10.0.0.0/99"'),
  );
  const verdict = await validateStack(directory, { pluginDirectory });
  expect(verdict.valid).toBe(false);
  expect(JSON.stringify(verdict.diagnostics)).toMatch(/cidr_block.*10\.0\.0\.0\/99/);
});

test('a folder without a stack is refused', async () => {
  await expect(validateStack(tmpdir())).rejects.toMatchObject({ code: 'stack-not-found' });
});

test.skipIf(terraformMissing)(`an init that can't work is a user's error${note}`, async () => {
  const directory = write('development');
  await expect(validateStack(directory, { pluginDirectory: directory })).rejects.toMatchObject({
    code: 'terraform-init-failed',
  });
});

test("a missing terraform is a user's error", async () => {
  const path = process.env['PATH'];
  const directory = write('development');
  process.env['PATH'] = directory;
  try {
    await expect(validateStack(directory)).rejects.toMatchObject({ code: 'terraform-not-found' });
  } finally {
    process.env['PATH'] = path;
  }
});

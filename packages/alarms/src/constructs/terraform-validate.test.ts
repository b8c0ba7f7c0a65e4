import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Testing } from 'cdktf';
import { expect, test } from 'vitest';
import { DatabaseStack } from '../../test/database-stack.ts';

const run = promisify(execFile);
const mirror = process.env['DMS_TERRAFORM_PLUGIN_DIR'];
const missing = mirror === undefined ? 'DMS_TERRAFORM_PLUGIN_DIR is not set' : terraformMissing();
if (missing !== undefined) console.warn(`terraform validate is skipped: ${missing}`);

function terraformMissing(): string | undefined {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'terraform is not on PATH';
  }
}

test.skipIf(missing !== undefined)(
  'Terraform accepts the alarms and the dashboard',
  async () => {
    const cwd = `${Testing.fullSynth(new DatabaseStack(Testing.app(), 'shop'))}/stacks/shop`;
    await run('terraform', ['init', '-input=false', `-plugin-dir=${mirror}`], { cwd });
    const { stdout } = await run('terraform', ['validate', '-json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, warning_count: 0 });
  },
  120_000,
);

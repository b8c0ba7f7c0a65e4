import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { StackJson } from '@ecommerce-dms/stack';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const cdktn = process.env['DMS_CDKTN_DIR'];
const note = cdktn === undefined ? ' (skipped: DMS_CDKTN_DIR is not set)' : '';

async function printStacks(...hooks: string[]): Promise<Record<string, StackJson>> {
  const args = [...hooks, 'test/print-stacks.ts'];
  const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Record<string, StackJson>;
}

/** What may differ: the version in the stack's comment, and how the provider's source is written. */
function withoutVersion(json: StackJson): unknown {
  return {
    ...json,
    '//': undefined,
    terraform: { ...json.terraform, required_providers: undefined },
  };
}

test.skipIf(cdktn === undefined)(`cdktn synthesizes the same stacks as cdktf${note}`, async () => {
  const [onCdktf, onCdktn] = await Promise.all([
    printStacks(),
    printStacks('--import', './test/cdktn-alias.ts'),
  ]);
  const version = (stacks: Record<string, StackJson>) => JSON.stringify(stacks['production']?.['//']);
  expect(version(onCdktf)).toContain('"version":"0.21.');
  expect(version(onCdktn)).toContain('"version":"0.24.');
  expect(Object.keys(onCdktn)).toEqual(Object.keys(onCdktf));
  for (const [name, json] of Object.entries(onCdktf)) {
    expect(withoutVersion(onCdktn[name] ?? {}), name).toEqual(withoutVersion(json));
  }
});

test.skipIf(cdktn === undefined)(`the source has the types of cdktn too${note}`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'infra-cdktn-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const modules = join(cdktn ?? '', 'node_modules');
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [join(root, 'node_modules/@types')],
        paths: {
          cdktf: [join(modules, 'cdktn/lib/index.d.ts')],
          constructs: [join(modules, 'constructs/lib/index.d.ts')],
          '@cdktf/provider-aws/*': [join(modules, '@cdktn/provider-aws/*')],
        },
      },
      include: [join(root, 'src')],
      exclude: [join(root, 'src/**/*.test.ts')],
    }),
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await run(tsc, ['-p', directory, '--listFiles'], { cwd: root, maxBuffer: 2 ** 26 });
  expect(stdout).toContain('@cdktn/provider-aws/lib/db-instance/index.d.ts');
  expect(stdout).not.toContain('@cdktf/provider-aws');
});

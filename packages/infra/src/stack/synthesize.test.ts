import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addPresetStack, presetJson } from '../../test/preset-stack.ts';
import { presets } from '../presets.ts';
import { synthesize } from './synthesize.ts';

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'infra-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('the stack is given back and lies in the folder, which is made', () => {
  const outdir = join(temporaryDirectory(), 'deep', 'out');
  const { json, directory } = synthesize((app) => addPresetStack(app, 'test').stack, { outdir });
  expect(directory).toBe(join(outdir, 'stacks', 'shop-test'));
  expect(JSON.parse(readFileSync(join(outdir, 'stacks/shop-test/cdk.tf.json'), 'utf8'))).toEqual(json);
});

test('without a folder nothing stays on disk, even when the stack is refused', () => {
  // Other files' tests synthesize, too.
  const own = temporaryDirectory();
  vi.stubEnv('TMPDIR', own);
  onTestFinished(() => void vi.unstubAllEnvs());
  presetJson('test');
  expect(() => presetJson('test', { database: { replicas: -1 } })).toThrow(/replicas is -1/);
  expect(readdirSync(own).filter((name) => name.startsWith('infra-synth-'))).toEqual([]);
});

test('the same constructs give the same stack, without a path of this machine', () => {
  for (const preset of ['development', 'test', 'staging', 'production'] as const) {
    const text = JSON.stringify(presetJson(preset));
    expect(JSON.stringify(presetJson(preset))).toBe(text);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(tmpdir());
  }
  expect(Object.keys(presets)).toHaveLength(4);
});

test('a second synthesis replaces the first', () => {
  const outdir = temporaryDirectory();
  synthesize((app) => addPresetStack(app, 'test', { database: { replicas: 2 } }).stack, { outdir });
  const { json } = synthesize((app) => addPresetStack(app, 'test', { database: { replicas: 0 } }).stack, {
    outdir,
  });
  expect(Object.keys(json.resource?.['aws_db_instance'] ?? {})).toHaveLength(1);
  expect(existsSync(join(outdir, 'stacks/shop-test/cdk.tf.json'))).toBe(true);
});

import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { Aspects } from 'cdktf';
import { expect, onTestFinished, test } from 'vitest';
import { addPresetStack, type PresetOverrides } from '../../test/preset-stack.ts';
import { synthesize } from '../stack/synthesize.ts';
import { enforcePolicy } from './enforce-policy.ts';
import type { Severity } from '@ecommerce-dms/stack';

type Parts = ReturnType<typeof addPresetStack>;

function synth(change: (parts: Parts) => void, minSeverity?: Severity, overrides?: PresetOverrides) {
  const outdir = mkdtempSync(join(tmpdir(), 'infra-enforce-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  synthesize(
    (app) => {
      const parts = addPresetStack(app, 'production', overrides);
      enforcePolicy(parts.stack, { minSeverity });
      change(parts);
      return parts.stack;
    },
    { outdir },
  );
  return existsSync(join(outdir, 'stacks', 'shop-production', 'cdk.tf.json'));
}

function unprotect({ environment }: Parts): void {
  environment.database.writer.publiclyAccessible = true;
  environment.database.writer.copyTagsToSnapshot = false;
}

test('a stack that passes is synthesized', () => {
  expect(synth(() => {})).toBe(true);
});

test('findings stop the synthesis, all at once', () => {
  expect(() => synth(unprotect)).toThrow(
    expect.objectContaining({
      code: 'policy-findings',
      exitCode: 3,
      message: expect.stringMatching(
        /has 2 policy findings:\n- critical: rds-not-public at shop-production\/shop\/database\/writer\. [^]*\n- low: rds-copy-tags at /,
      ),
    }),
  );
});

test('only those of a severity count, when one is named', () => {
  const lowOnly = ({ environment }: Parts) => {
    environment.database.writer.copyTagsToSnapshot = false;
  };
  expect(synth(lowOnly, 'medium')).toBe(true);
  expect(() => synth(unprotect, 'critical')).toThrow(/has 1 policy findings/);
});

test('what an aspect changes is judged, whenever it was added', () => {
  const visit = (node: unknown) => {
    if (node instanceof DbInstance) node.storageEncrypted = false;
  };
  expect(() => synth(({ stack }) => Aspects.of(stack).add({ visit }))).toThrow(/rds-storage-encrypted/);
});

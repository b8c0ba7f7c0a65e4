import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addOptionStack, optionMatrix, rulesGivenUp } from '../test/option-matrix.ts';
import { planTogether, terraformMissing } from '../test/plan-together.ts';
import { presetJson } from '../test/preset-stack.ts';
import { architectureDiagram } from '@ecommerce-dms/stack/diagram';
import { checkPolicy, estimateCost, type StackJson } from '@ecommerce-dms/stack';
import { presets, synthesize } from './index.ts';

const note = terraformMissing === false ? '' : ` (skipped: ${terraformMissing})`;
const rows = optionMatrix().map((options, index) => {
  const id = `case-${index}`;
  return { id, options, json: synthesize((app) => addOptionStack(app, id, options)).json };
});

test('every pair of options can be set up, and breaks no rule but those it gives up on purpose', () => {
  for (const { id, options, json } of rows) {
    const rules = new Set(checkPolicy(json).findings.map(({ rule }) => rule));
    expect(
      [...rules].filter((rule) => !rulesGivenUp(options).includes(rule)),
      `${id} ${JSON.stringify(options)}`,
    ).toEqual([]);
  }
});

test('every resource of every option has a price, a known lack of one, or is drawn by its name', () => {
  for (const { id, json } of rows) {
    const reasons = estimateCost(json, { hours: 1 }).unpriced.map(({ reason }) => reason);
    expect(reasons.filter((reason) => !reason.startsWith('no price of '), id)).toEqual([]);
    const { nodes } = architectureDiagram(json, id);
    const unknown = nodes.filter(
      ({ id: node, category }) => category === 'other' && !node.startsWith('region:'),
    );
    expect(unknown, id).toEqual([]);
  }
});

test.skipIf(terraformMissing)(
  `terraform plans every pair of options, and every preset${note}`,
  { timeout: 240_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'infra-matrix-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const stacks = new Map<string, StackJson>(rows.map(({ id, json }) => [id, json]));
    for (const preset of Object.keys(presets) as (keyof typeof presets)[]) {
      stacks.set(preset, presetJson(preset));
    }
    expect(await planTogether(directory, stacks)).toMatch(/Plan: \d{4} to add, 0 to change, 0 to destroy\./);
  },
);

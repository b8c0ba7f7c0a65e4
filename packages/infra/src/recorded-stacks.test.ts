import { fileURLToPath } from 'node:url';
import type { StackJson } from '@ecommerce-dms/stack';
import { expect, test } from 'vitest';
import { policyStack } from '../test/policy-stack.ts';
import { presetJson } from '../test/preset-stack.ts';
import { type PresetName, presets } from './presets.ts';

const folder = fileURLToPath(new URL('../../stack/test/stacks/__snapshots__', import.meta.url));
const made: readonly (readonly [string, () => StackJson])[] = [
  ...(Object.keys(presets) as PresetName[]).map((preset) => [preset, () => presetJson(preset)] as const),
  ['everything', policyStack],
];

test.each(made)(
  'what the tests of stack and aws judge as %s is what the constructs make',
  async (name, make) => {
    await expect(`${JSON.stringify(make(), undefined, 1)}\n`).toMatchFileSnapshot(`${folder}/${name}.json`);
  },
);

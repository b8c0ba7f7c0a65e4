import { expect, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { Encryption } from '../encryption.ts';
import { StackModel } from '@ecommerce-dms/stack';
import { synthesize } from './synthesize.ts';

const otherRegion = 'eu-central-1';

function keysWithOneElsewhere() {
  const { json } = synthesize((app) => {
    const { stack } = addPresetStack(app, 'development');
    expect(stack.inRegion(otherRegion)).toBe(stack.inRegion(otherRegion));
    new Encryption(stack.inRegion(otherRegion), 'encryption', { name: 'shop' });
    return stack;
  });
  const keys = new StackModel(json).ofType('aws_kms_key', 'aws_kms_alias');
  return { json, keys, elsewhere: keys.filter(({ path }) => path?.includes(otherRegion)) };
}

test('what is below a region is made there, and nothing else', () => {
  const { keys, elsewhere } = keysWithOneElsewhere();
  expect(elsewhere.map(({ config }) => config['provider'])).toEqual([
    `aws.${otherRegion}`,
    `aws.${otherRegion}`,
  ]);
  expect(keys.filter(({ config }) => config['provider'] === undefined)).toHaveLength(2);
});

test('the provider of a region has the account and the tags of the stack, and comes after its own', () => {
  const [own, other] = keysWithOneElsewhere().json.provider?.['aws'] ?? [];
  expect(own).toMatchObject({ region: 'eu-west-1' });
  expect(other).toEqual({ ...own, alias: otherRegion, region: otherRegion });
});

test('a key names the services of its own region', () => {
  const key = keysWithOneElsewhere().elsewhere.find(({ type }) => type === 'aws_kms_key');
  expect(key?.config['policy']).toContain(`logs.${otherRegion}.amazonaws.com`);
});

test.each([
  { region: 'eu-west-1', message: /the stack's own/ },
  { region: 'frankfurt', message: /Did you mean eu-central-1, Europe \(Frankfurt\)/ },
])('$region is refused as another region', ({ region, message }) => {
  expect(() =>
    synthesize((app) => {
      const { stack } = addPresetStack(app, 'development');
      stack.inRegion(region);
      return stack;
    }),
  ).toThrow(message);
});

import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { expect, test } from 'vitest';
import { AwsStack } from './aws-stack.ts';
import { regionAround } from './region-around.ts';

const tags = { environment: 'test', owner: 'shop', costCenter: '1' };

test('the region is that of the stack, or of the other region around', () => {
  const stack = new AwsStack(Testing.app(), 'shop', { region: 'eu-west-1', tags });
  const other = stack.inRegion('eu-central-1');
  expect(regionAround(stack)).toBe('eu-west-1');
  expect(regionAround(other)).toBe('eu-central-1');
});

test('a plain stack has that of its provider without an alias, if it is literal', () => {
  const stack = new TerraformStack(Testing.app(), 'plain');
  expect(regionAround(stack)).toBeUndefined();
  new AwsProvider(stack, 'far', { region: 'us-east-1', alias: 'far' });
  expect(regionAround(stack)).toBeUndefined();
  new AwsProvider(stack, 'aws', { region: 'eu-north-1' });
  expect(regionAround(stack)).toBe('eu-north-1');
});

test('a region that Terraform gets to know later is not known', () => {
  const stack = new TerraformStack(Testing.app(), 'later');
  const region = new TerraformVariable(stack, 'region', { type: 'string' }).stringValue;
  new AwsProvider(stack, 'aws', { region });
  expect(regionAround(stack)).toBeUndefined();
});

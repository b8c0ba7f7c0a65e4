import { expect, test } from 'vitest';
import { presetJson, type PresetOverrides, testAccountId } from '../../test/preset-stack.ts';

function stackOf(stack: PresetOverrides['stack']) {
  return presetJson('development', { stack });
}

test('every resource gets the tags by the provider', () => {
  const tags = {
    environment: 'staging',
    owner: 'team',
    costCenter: '12',
    extra: { Project: 'shop', Owner: 'x' },
  };
  const [provider] = stackOf({ tags }).provider?.['aws'] ?? [];
  expect(provider?.['default_tags']).toEqual([
    {
      tags: {
        Project: 'shop',
        Environment: 'staging',
        Owner: 'team',
        CostCenter: '12',
        Stack: 'shop-development',
      },
    },
  ]);
});

test('the provider constraint admits 5.100 and 6', () => {
  expect(stackOf({}).terraform?.['required_providers']).toMatchObject({ aws: { version: '>= 5.100, < 7' } });
});

test('a known account is the only one that Terraform may touch', () => {
  const json = stackOf({});
  expect(json.provider?.['aws']?.[0]?.['allowed_account_ids']).toEqual([testAccountId]);
  expect(json.data).not.toHaveProperty('aws_caller_identity');
});

test('an unknown account is looked up', () => {
  const json = stackOf({ accountId: undefined });
  expect(json.provider?.['aws']?.[0]).not.toHaveProperty('allowed_account_ids');
  expect(Object.keys(json.data?.['aws_caller_identity'] ?? {})).toHaveLength(1);
});

test('state is local by default, and has no path of this machine', () => {
  expect(stackOf({}).terraform?.['backend']).toEqual({ local: { path: 'terraform.tfstate' } });
});

test('state in S3 is encrypted and locked', () => {
  const backend = { type: 's3', bucket: 'state', key: 'shop/dev.tfstate', region: 'eu-west-1' } as const;
  expect(stackOf({ backend }).terraform?.['backend']).toEqual({
    s3: { bucket: 'state', key: 'shop/dev.tfstate', region: 'eu-west-1', encrypt: true, use_lockfile: true },
  });
});

test('every fault is reported at once', () => {
  const tags = { environment: 'x', owner: '', costCenter: ' ' };
  expect(() => stackOf({ region: 'Ireland', accountId: '123', tags })).toThrow(
    /"Ireland" is not[^]*"123" is not[^]*owner is empty[^]*costCenter is empty/,
  );
});

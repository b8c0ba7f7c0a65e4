import { expect, test } from 'vitest';
import { testAccountId } from '../test/preset-stack.ts';
import { Bootstrap, type BootstrapProps } from './bootstrap.ts';
import {
  checkPolicy,
  type Json,
  type JsonObject,
  list,
  object,
  StackModel,
  text,
} from '@ecommerce-dms/stack';
import { AwsStack } from './stack/aws-stack.ts';
import { synthesize } from './stack/synthesize.ts';

function bootstrap(props: Partial<BootstrapProps> = {}) {
  const { json } = synthesize((app) => {
    const stack = new AwsStack(app, 'shop-bootstrap', {
      region: 'eu-west-1',
      accountId: testAccountId,
      tags: { environment: 'bootstrap', owner: 'shop-team', costCenter: '4711' },
    });
    const { state } = new Bootstrap(stack, 'bootstrap', {
      name: 'shop',
      environments: ['staging', 'production'],
      ...props,
    });
    expect(state.bucket.bucketInput).toBeDefined();
    return stack;
  });
  return new StackModel(json);
}

function statements(policy: Json | undefined): JsonObject[] {
  const document = JSON.parse(text(policy) ?? '{}') as { Statement: Json };
  return list(document.Statement).map((statement) => object(statement) ?? {});
}

const withPipeline = bootstrap({ githubRepository: 'acme/shop' });
const policiesOf = (name: RegExp) =>
  withPipeline.ofType('aws_iam_policy').filter(({ config }) => name.test(text(config['name']) ?? ''));

test('without a repository there is a store and nothing else', () => {
  const stack = bootstrap();
  expect(stack.resources.filter(({ type }) => type.startsWith('aws_iam'))).toEqual([]);
  expect(Object.keys(stack.json.output ?? {}).toSorted()).toEqual([
    'state_bucket',
    'state_key_arn',
    'state_keys',
    'state_region',
  ]);
  expect(stack.json.output?.['state_keys']?.['value']).toEqual({
    staging: 'shop/staging.tfstate',
    production: 'shop/production.tfstate',
  });
});

test("the name of the bucket is nobody else's, and no plan destroys it or its key", () => {
  const [bucket] = withPipeline.ofType('aws_s3_bucket');
  expect(bucket?.config['bucket']).toMatch(new RegExp(`^shop-state-${testAccountId}-`));
  for (const { config } of withPipeline.ofType('aws_s3_bucket', 'aws_kms_key')) {
    expect(config['lifecycle']).toEqual({ prevent_destroy: true });
  }
});

test('the bucket takes nothing without TLS, and nothing under another key', () => {
  const [policy] = withPipeline.ofType('aws_s3_bucket_policy');
  const denied = statements(policy?.config['policy']);
  expect(denied.map(({ Sid, Effect }) => [Sid, Effect])).toEqual([
    ['TlsOnly', 'Deny'],
    ['KmsOnly', 'Deny'],
    ['OwnKeyOnly', 'Deny'],
  ]);
  expect(withPipeline.target(policy?.config['bucket'])?.type).toBe('aws_s3_bucket');
});

test.each([
  { role: 'github-shop-staging-plan', environment: 'staging-plan' },
  { role: 'github-shop-staging-apply', environment: 'staging' },
  { role: 'github-shop-production-plan', environment: 'production-plan' },
  { role: 'github-shop-production-apply', environment: 'production' },
])('$role is for the jobs of the GitHub environment $environment', ({ role: name, environment }) => {
  const role = withPipeline.ofType('aws_iam_role').find(({ config }) => config['name'] === name);
  const [trust] = statements(role?.config['assume_role_policy']);
  expect(trust?.['Condition']).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `repo:acme/shop:environment:${environment}`,
    },
  });
});

test('who plans changes nothing but the lock', () => {
  const actions = policiesOf(/-plan-/).flatMap(({ config }) =>
    statements(config['policy']).flatMap((statement) =>
      list(statement['Action']).map((action) => [action, statement['Resource']]),
    ),
  );
  const writes = actions.filter(([action]) => !/:(Get|List|Describe|View|Decrypt)/.test(String(action)));
  const lock = /\.tflock$/;
  const writesOfOne = [
    ['s3:PutObject', expect.stringMatching(lock)],
    ['s3:DeleteObject', expect.stringMatching(lock)],
    ['kms:GenerateDataKey', expect.stringContaining('aws_kms_key')],
  ];
  expect(writes).toEqual([...writesOfOne, ...writesOfOne]);
});

test('who applies production reaches nothing of staging', () => {
  const production = policiesOf(/production-apply/);
  expect(production).toHaveLength(7);
  expect(JSON.stringify(production.map(({ config }) => config['policy']))).not.toContain('staging');
});

test('a wide action on any resource is held by a condition', () => {
  const open = policiesOf(/./).flatMap(({ config }) =>
    statements(config['policy']).filter(
      (statement) => statement['Resource'] === '*' && statement['Condition'] === undefined,
    ),
  );
  expect(open).toEqual([]);
});

test('each policy fits into IAM, with the longest name', () => {
  const longest = bootstrap({
    name: 'a'.repeat(29),
    environments: ['b'.repeat(20)],
    githubRepository: 'acme/shop',
    regions: ['ap-southeast-1', 'ap-northeast-1'],
  });
  const sizes = longest
    .ofType('aws_iam_policy')
    // A reference stands for 2 to 80 characters.
    .map(
      ({ config }) => text(config['policy'])?.replaceAll(/\$\{[^}]*partition\}/g, 'aws-us-gov').length ?? 0,
    );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(6144);
});

test("an account's provider and a boundary are used as they are given", () => {
  const boundary = `arn:aws:iam::${testAccountId}:policy/boundary`;
  const provider = `arn:aws:iam::${testAccountId}:oidc-provider/token.actions.githubusercontent.com`;
  const stack = bootstrap({
    githubRepository: 'acme/shop',
    githubProviderArn: provider,
    permissionsBoundaryArn: boundary,
  });
  expect(stack.ofType('aws_iam_openid_connect_provider')).toEqual([]);
  for (const { config } of stack.ofType('aws_iam_role')) {
    expect(config['permissions_boundary']).toBe(boundary);
    expect(statements(config['assume_role_policy'])[0]?.['Principal']).toEqual({ Federated: provider });
  }
});

test('it passes every policy rule', () => {
  expect(checkPolicy(withPipeline.json).findings).toEqual([]);
});

test.each([
  { props: { environments: [] }, message: /no environments/ },
  { props: { environments: ['a', 'a'] }, message: /named twice/ },
  { props: { environments: ['prod', 'prod-eu'] }, message: /"prod-eu" begins with "prod-"/ },
  { props: { environments: ['Prod'] }, message: /"Prod" is not/ },
  { props: { name: 'a'.repeat(30) }, message: /is not 1 to 29/ },
  { props: { githubRepository: 'acme/*' }, message: /"acme\/\*" is not org\/repo/ },
  { props: { githubRepository: 'shop' }, message: /"shop" is not org\/repo/ },
])('$props is refused: $message', ({ props, message }) => {
  expect(() => bootstrap(props)).toThrow(message);
});

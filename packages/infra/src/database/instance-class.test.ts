import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { expect, test } from 'vitest';
import { PostgresCluster } from '../cluster/postgres-cluster.ts';
import { PostgresInstance } from './postgres-instance.ts';

const site = {
  name: 'shop',
  databaseName: 'shop',
  network: { vpcId: 'vpc-1', databaseSubnetIds: ['subnet-a', 'subnet-b', 'subnet-c'] },
  encryption: { keyArn: 'arn:aws:kms:eu-south-1:123456789012:key/1' },
};

/** A plain stack of cdktf, with the provider of a region or without any. */
function plainStack(region?: string) {
  const stack = new TerraformStack(Testing.app(), 'plain');
  if (region !== undefined) new AwsProvider(stack, 'aws', { region });
  return stack;
}

function instance(stack: TerraformStack, instanceClass: string) {
  return new PostgresInstance(stack, 'database', { ...site, instanceClass });
}

test('a class that does not exist is refused without a region too, with the nearest', () => {
  expect(() => instance(plainStack(), 'db.m7g.lrage')).toThrow(
    /instanceClass "db\.m7g\.lrage" does not exist .*; use one with a similar name: db\.m7g\.large/,
  );
});

test('a class of other regions is refused, and the one that is named instead is accepted', () => {
  expect(() => instance(plainStack('eu-south-1'), 'db.x2g.large')).toThrow(
    /"db\.x2g\.large" is not offered for RDS for PostgreSQL in eu-south-1; use one with a similar name: db\.\S+/,
  );
  const [, nearest = ''] = /a similar name: ([^,\n]+)/.exec(refusal('eu-south-1', 'db.x2g.large')) ?? [];
  expect(instance(plainStack('eu-south-1'), nearest).settings.instanceClass).toBe(nearest);
  expect(instance(plainStack('eu-west-1'), 'db.x2g.large').settings.maxConnections).toBe(3200);
});

function refusal(region: string, instanceClass: string): string {
  try {
    instance(plainStack(region), instanceClass);
    return '';
  } catch (error) {
    return String(error);
  }
}

test('where the region is not literal, a class of any region is accepted', () => {
  const stack = new TerraformStack(Testing.app(), 'later');
  const region = new TerraformVariable(stack, 'region', { type: 'string' }).stringValue;
  new AwsProvider(stack, 'aws', { region });
  expect(instance(stack, 'db.x2g.large').settings.instanceClass).toBe('db.x2g.large');
});

test.each(['db.m8g.large', 'db.m6i.large', 'db.r8g.large', 'db.m9g.large'])(
  '%s can be used',
  (instanceClass) => {
    expect(instance(plainStack('us-east-1'), instanceClass).settings.maxConnections).toBeGreaterThan(0);
  },
);

test('clusters need a class that their kind has in the region', () => {
  const multiAz = (region: string) =>
    new PostgresCluster(plainStack(region), 'database', {
      ...site,
      mode: 'multi-az',
      instanceClass: 'db.m6gd.large',
    });
  expect(multiAz('eu-west-1').settings.instanceClass).toBe('db.m6gd.large');
  expect(() => multiAz('mx-central-1')).toThrow(/no class is offered there/);
  expect(
    () =>
      new PostgresCluster(plainStack('eu-west-1'), 'database', {
        ...site,
        mode: 'aurora',
        instanceClass: 'db.m7g.large',
      }),
  ).toThrow(/not offered for Aurora PostgreSQL in eu-west-1; use one with a similar name: db\.r7g\.large/);
});

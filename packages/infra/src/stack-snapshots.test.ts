import type { App } from 'cdktf';
import { expect, test } from 'vitest';
import { addOptionStack } from '../test/option-matrix.ts';
import { testAccountId } from '../test/preset-stack.ts';
import { summarizeStack } from '../test/summarize-stack.ts';
import { AwsStack, Encryption, PostgresInstance, synthesize } from './index.ts';

/** A database in a VPC that exists, with no option set. */
function addMinimalStack(app: App): AwsStack {
  const stack = new AwsStack(app, 'minimal', {
    region: 'eu-west-1',
    accountId: testAccountId,
    tags: { environment: 'production', owner: 'billing', costCenter: '4711' },
  });
  new PostgresInstance(stack, 'database', {
    name: 'billing',
    databaseName: 'billing',
    instanceClass: 'db.m7g.large',
    network: { vpcId: 'vpc-0a', databaseSubnetIds: ['subnet-0a', 'subnet-0b'] },
    encryption: new Encryption(stack, 'encryption', { name: 'billing' }),
  });
  return stack;
}

test('minimal: a database with no option set', async () => {
  const { json } = synthesize(addMinimalStack);
  await expect(summarizeStack(json).join('\n')).toMatchFileSnapshot('../test/snapshots/minimal.txt');
});

test('everything: an instance with all that goes with it', async () => {
  const { json } = synthesize((app) =>
    addOptionStack(app, 'everything', {
      database: 'instance',
      network: 'NAT per zone',
      zones: 3,
      readers: 2,
      origin: 'new',
      updates: 'in place',
      storage: 'fast',
      insights: 'advanced',
      proxy: true,
      bastion: true,
      names: 'new zone',
      backups: 'copied',
      rotation: true,
      farReplica: true,
      disposable: false,
      budget: true,
      state: 's3',
    }),
  );
  await expect(summarizeStack(json).join('\n')).toMatchFileSnapshot('../test/snapshots/everything.txt');
});

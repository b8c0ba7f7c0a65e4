import type { StackJson } from '@ecommerce-dms/stack';
import { AwsStack, Encryption, synthesize } from '../src/index.ts';
import { testAccountId } from './preset-stack.ts';

/** What every database is made with. */
export interface DatabaseSite {
  readonly name: string;
  readonly databaseName: string;
  readonly network: { readonly vpcId: string; readonly databaseSubnetIds: readonly string[] };
  readonly encryption: Encryption;
}

/** A stack of nothing but a key and what `build` adds, in a VPC of three zones that exists already. */
export function databaseStack(build: (stack: AwsStack, site: DatabaseSite) => void): StackJson {
  return synthesize((app) => {
    const stack = new AwsStack(app, 'shop', {
      region: 'eu-west-1',
      accountId: testAccountId,
      tags: { environment: 'production', owner: 'shop-team', costCenter: '4711' },
    });
    build(stack, {
      name: 'shop',
      databaseName: 'shop',
      network: { vpcId: 'vpc-1', databaseSubnetIds: ['subnet-a', 'subnet-b', 'subnet-c'] },
      encryption: new Encryption(stack, 'encryption', { name: 'shop' }),
    });
    return stack;
  }).json;
}

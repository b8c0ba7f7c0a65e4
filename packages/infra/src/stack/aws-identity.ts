import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region/index.js';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AwsRegion } from './aws-region.ts';

/** Context key of a stack: its 12-digit AWS account. */
export const accountIdContext = '@ecommerce-dms/infra:accountId';

/** Where the stack is applied. Each value may be a Terraform reference, so put it into strings and do not parse it. */
export interface AwsIdentity {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
}

/**
 * The account, partition and region of `scope`, looked up once a stack. The region is that of the nearest
 * {@link AwsRegion} around it, or else the stack's own.
 *
 * The account is the stack's context value {@link accountIdContext} when there is one. Otherwise Terraform asks AWS
 * for it, which needs credentials already at plan.
 */
export function awsIdentity(scope: Construct): AwsIdentity {
  const stack = TerraformStack.of(scope);
  const found = stack.node.tryFindChild(LookedUpIdentity.id);
  const identity = found instanceof LookedUpIdentity ? found : new LookedUpIdentity(stack);
  const { accountId, partition, region } = identity;
  return { accountId, partition, region: AwsRegion.around(scope)?.region ?? region };
}

class LookedUpIdentity extends Construct implements AwsIdentity {
  static readonly id = 'aws-identity';
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;

  constructor(scope: Construct) {
    super(scope, LookedUpIdentity.id);
    const known: unknown = scope.node.tryGetContext(accountIdContext);
    this.accountId =
      typeof known === 'string' ? known : new DataAwsCallerIdentity(this, 'account', {}).accountId;
    this.partition = new DataAwsPartition(this, 'partition', {}).partition;
    // `id` rather than `name`: AWS provider 6 renamed the latter, and both 5.100 and 6 have the former.
    this.region = new DataAwsRegion(this, 'region', {}).id;
  }
}

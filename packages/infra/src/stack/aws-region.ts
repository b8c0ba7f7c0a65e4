import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Aspects, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';

/**
 * What is made below it lies in another region than the rest of the stack: a replica, a vault for copies of backups,
 * or a whole network. {@link AwsStack.inRegion} makes one with the stack's account and tags.
 */
export class AwsRegion extends Construct {
  readonly region: string;
  readonly provider: AwsProvider;

  /**
   * @param props.region name of the region, the provider's own
   * @param props.provider a provider with an alias
   */
  constructor(scope: Construct, id: string, props: { region: string; provider: AwsProvider }) {
    super(scope, id);
    this.region = props.region;
    this.provider = props.provider;
    Aspects.of(this).add({
      visit: (node) => {
        if (TerraformResource.isTerraformResource(node)) node.provider ??= this.provider;
      },
    });
  }

  /** The region around `scope`; undefined in the stack's own region. */
  static around(scope: Construct): AwsRegion | undefined {
    return scope.node.scopes.findLast((ancestor) => ancestor instanceof AwsRegion);
  }
}

import { TerraformProvider, TerraformStack, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsRegion } from './aws-region.ts';

/**
 * Name of the region in which `scope` is made: that of the {@link AwsRegion} around it, or of the stack's own AWS
 * provider.
 *
 * @returns undefined where that is not literal, or no provider is there yet
 */
export function regionAround(scope: Construct): string | undefined {
  const region = AwsRegion.around(scope)?.region ?? providerRegion(TerraformStack.of(scope));
  return region === undefined || Token.isUnresolved(region) ? undefined : region;
}

function providerRegion(stack: TerraformStack): string | undefined {
  const provider = stack.node
    .findAll()
    .filter((node) => TerraformProvider.isTerraformProvider(node))
    .find((node) => node.terraformResourceType === 'aws' && node.alias === undefined);
  return provider !== undefined && 'region' in provider && typeof provider.region === 'string'
    ? provider.region
    : undefined;
}

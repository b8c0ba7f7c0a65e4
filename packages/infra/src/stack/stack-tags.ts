import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsStack } from './aws-stack.ts';

/** The tags of the stack around `scope`, for what the provider's default tags do not reach. */
export function stackTags(scope: Construct): Readonly<Record<string, string>> {
  const stack = TerraformStack.of(scope);
  return stack instanceof AwsStack ? stack.tags : {};
}

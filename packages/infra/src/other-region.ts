import { UserError } from '@ecommerce-dms/errors';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { Encryption } from './encryption.ts';
import type { AwsRegion } from './stack/aws-region.ts';
import { AwsStack } from './stack/aws-stack.ts';

/** A place in another region, with a key. */
export interface OtherRegion {
  readonly place: AwsRegion;
  readonly encryption: Encryption;
}

/**
 * A place below `scope` that lies in another region, with a key of its own; the same one when asked again.
 *
 * @throws UserError `invalid-settings`: the region is none or the stack's own, or the stack is no `AwsStack`.
 */
export function otherRegion(scope: Construct, region: string, name: string): OtherRegion {
  const stack = TerraformStack.of(scope);
  if (!(stack instanceof AwsStack)) {
    throw new UserError(
      'invalid-settings',
      `"${name}" can't be set up in ${region}: its stack is no AwsStack.`,
      {
        hint: 'Make the stack with new AwsStack(...), which has providers for other regions.',
      },
    );
  }
  const place = stack.inRegion(region, scope);
  const found = place.node.tryFindChild('encryption');
  const encryption = found instanceof Encryption ? found : new Encryption(place, 'encryption', { name });
  return { place, encryption };
}

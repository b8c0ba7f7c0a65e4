import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import type { Construct } from 'constructs';
import { accountAdministration } from '../encryption.ts';
import { policyDocument } from '../policy-document.ts';

/** The key of a state bucket: it rotates, no plan deletes it, and its use is a matter of the account's IAM policies. */
export function stateKey(scope: Construct, props: { name: string }): KmsKey {
  const key = new KmsKey(scope, 'key', {
    description: `Terraform state of ${props.name}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: policyDocument(accountAdministration(scope)),
    lifecycle: { preventDestroy: true },
  });
  new KmsAlias(scope, 'alias', { name: `alias/${props.name}-state`, targetKeyId: key.keyId });
  return key;
}

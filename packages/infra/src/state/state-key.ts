import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import type { Construct } from 'constructs';
import { awsIdentity } from '../stack/aws-identity.ts';

/** The key of a state bucket: it rotates, no plan deletes it, and its use is a matter of the account's IAM policies. */
export function stateKey(scope: Construct, props: { name: string }): KmsKey {
  const { accountId, partition } = awsIdentity(scope);
  const key = new KmsKey(scope, 'key', {
    description: `Terraform state of ${props.name}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AccountAdministration',
          Effect: 'Allow',
          Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    }),
    lifecycle: { preventDestroy: true },
  });
  new KmsAlias(scope, 'alias', { name: `alias/${props.name}-state`, targetKeyId: key.keyId });
  return key;
}

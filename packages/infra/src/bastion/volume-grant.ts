import { IamServiceLinkedRole } from '@cdktf/provider-aws/lib/iam-service-linked-role/index.js';
import { KmsGrant } from '@cdktf/provider-aws/lib/kms-grant/index.js';
import { Construct } from 'constructs';

export interface VolumeGrantProps {
  /** Suffix of the role's name, at most 35 characters. */
  readonly name: string;
  readonly keyArn: string;
}

/**
 * A role of its own for Auto Scaling, with a grant to encrypt volumes with a customer key.
 *
 * The account's common service-linked role may not exist yet, and then could be named neither in a policy nor in a
 * grant; where it does exist, a stack can't make it.
 */
export class VolumeGrant extends Construct {
  readonly role: IamServiceLinkedRole;
  readonly grant: KmsGrant;

  constructor(scope: Construct, id: string, props: VolumeGrantProps) {
    super(scope, id);
    this.role = new IamServiceLinkedRole(this, 'role', {
      awsServiceName: 'autoscaling.amazonaws.com',
      customSuffix: props.name,
      description: `Starts the bastion of ${props.name}`,
    });
    this.grant = new KmsGrant(this, 'grant', {
      name: `${props.name}-bastion`,
      keyId: props.keyArn,
      granteePrincipal: this.role.arn,
      // Those that EC2 Auto Scaling asks for in its guide, "Required AWS KMS key policy for use with encrypted volumes".
      operations: [
        'CreateGrant',
        'Decrypt',
        'DescribeKey',
        'Encrypt',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'ReEncryptFrom',
        'ReEncryptTo',
      ],
    });
  }
}

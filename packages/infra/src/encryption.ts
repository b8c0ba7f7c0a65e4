import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { Construct } from 'constructs';
import { alertPublishers } from './alerts/alert-publishers.ts';
import { policyDocument } from './policy-document.ts';
import { awsIdentity } from './stack/aws-identity.ts';

export interface EncryptionProps {
  /** Name of the key's alias, without `alias/`. */
  readonly name: string;
  /** Days from a request to delete the key to its deletion, 7 to 30. Default 30. */
  readonly deletionWindowDays?: number;
}

/**
 * A customer key for a database, its backups, secrets, logs and alerts. It rotates every year.
 *
 * The key's policy leaves the use of the key to the account's IAM policies, and lets CloudWatch Logs, CloudWatch
 * alarms, RDS events and AWS Budgets use it on behalf of this account alone.
 */
export class Encryption extends Construct {
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, props: EncryptionProps) {
    super(scope, id);
    this.key = new KmsKey(this, 'key', {
      description: `Data, backups, logs and alerts of ${props.name}`,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionWindowDays ?? 30,
      policy: policyDocument(...this.#statements()),
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.name}`, targetKeyId: this.key.keyId });
  }

  get keyArn(): string {
    return this.key.arn;
  }

  #statements(): object[] {
    const { accountId, partition, region } = awsIdentity(this);
    return [
      accountAdministration(this),
      {
        Sid: 'CloudWatchLogs',
        Effect: 'Allow',
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
          },
        },
      },
      {
        Sid: 'AlertPublishers',
        Effect: 'Allow',
        Principal: { Service: alertPublishers },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
    ];
  }
}

/** The statement of a key's policy that leaves the use of the key to the account's IAM policies. */
export function accountAdministration(scope: Construct): object {
  const { accountId, partition } = awsIdentity(scope);
  return {
    Sid: 'AccountAdministration',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

import type { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { isWholeBetween, nameFault, refuseFaults } from '../faults.ts';
import { suppress } from '../policy/suppress.ts';
import { awsIdentity } from '../stack/aws-identity.ts';
import { stateBucketPolicy } from './state-bucket-policy.ts';
import { stateKey } from './state-key.ts';

export interface StateStoreProps {
  /** The bucket is `<name>-state-<account>-<region>`; at most 29 characters. */
  readonly name: string;
  /** Days that replaced states are kept. Default 365. */
  readonly noncurrentVersionDays?: number;
}

/**
 * A bucket for Terraform's state, with a key of its own: versioned, closed to the public, TLS only.
 *
 * Terraform locks by a file beside the state, so there is no table. Neither the bucket nor the key can be destroyed
 * by a plan.
 */
export class StateStore extends Construct {
  readonly bucket: S3Bucket;
  readonly key: KmsKey;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: StateStoreProps) {
    super(scope, id);
    const { name, noncurrentVersionDays = 365 } = props;
    refuseFaults(`StateStore "${name}"`, [
      nameFault(name, 29),
      !isWholeBetween(noncurrentVersionDays, 1, Infinity) &&
        `noncurrentVersionDays is ${noncurrentVersionDays}; a whole number of 1 or more is needed`,
    ]);
    const { accountId, region } = awsIdentity(this);
    this.key = stateKey(this, { name });
    this.bucket = new S3Bucket(this, 'bucket', {
      // Names of buckets are shared by all of AWS; account and region make this one nobody else's.
      bucket: `${name}-state-${accountId}-${region}`,
      lifecycle: { preventDestroy: true },
    });
    suppress(this.bucket, 'bucket-access-logged', 'CloudTrail tells who reads the state.');
    suppress(this.bucket, 'bucket-replicated', 'A lost region has lost what the state describes.');
    suppress(this.bucket, 'bucket-events', 'Nobody waits for an event of this bucket.');
    this.#configure(noncurrentVersionDays);
  }

  #configure(noncurrentVersionDays: number): void {
    const bucket = this.bucket.id;
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.arn },
          bucketKeyEnabled: true,
        },
      ],
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const closed = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: stateBucketPolicy({ bucketArn: this.bucket.arn, keyArn: this.key.arn }),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [closed],
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'noncurrent-versions',
          status: 'Enabled',
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: noncurrentVersionDays }],
          // What an interrupted upload left is paid for, and seen by nobody.
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [versioning],
    });
  }
}

import { blocks } from '../../model/stack-model.ts';
import { hasReferrer, isOffOrUnset, type PolicyRule, unless } from '../policy-rule.ts';
import { partsOf } from './buckets.ts';

const bucket = 'aws_s3_bucket';

/** What keeps the objects of a bucket, and shows what happened to them. */
export const bucketUpkeepRules: readonly PolicyRule[] = [
  {
    id: 'bucket-versioned',
    severity: 'high',
    why: 'An object that is overwritten or deleted by mistake is lost.',
    fix: 'Add an aws_s3_bucket_versioning with status Enabled.',
    ids: { checkov: ['CKV_AWS_21'], trivy: ['AWS-0090'], securityHub: ['S3.14'] },
    broken: unless(bucket, (resource, stack) =>
      partsOf(resource, 'aws_s3_bucket_versioning', stack)
        .flatMap((versioning) => blocks(versioning['versioning_configuration']))
        .some((versioning) => versioning['status'] === 'Enabled'),
    ),
  },
  {
    id: 'bucket-kept',
    severity: 'high',
    why: 'With force_destroy, deleting the bucket deletes every object in it.',
    fix: 'Set force_destroy to false.',
    broken: unless(bucket, isOffOrUnset('force_destroy')),
  },
  {
    id: 'bucket-lifecycle',
    severity: 'low',
    why: 'Old versions and incomplete uploads are kept, and paid for, indefinitely.',
    fix: 'Add an aws_s3_bucket_lifecycle_configuration with abort_incomplete_multipart_upload.',
    ids: { checkov: ['CKV2_AWS_61', 'CKV_AWS_300'], securityHub: ['S3.10', 'S3.13'] },
    broken: unless([bucket, 'aws_s3_bucket_lifecycle_configuration'], (resource, stack) =>
      resource.type === bucket
        ? partsOf(resource, 'aws_s3_bucket_lifecycle_configuration', stack).length > 0
        : blocks(resource.config['rule']).some(
            (rule) => blocks(rule['abort_incomplete_multipart_upload']).length > 0,
          ),
    ),
  },
  {
    id: 'bucket-no-acl',
    severity: 'medium',
    why: 'ACLs grant access that no policy shows.',
    fix: 'Add an aws_s3_bucket_ownership_controls with object_ownership BucketOwnerEnforced, and set no acl.',
    ids: { checkov: ['CKV2_AWS_65', 'CKV_AWS_20', 'CKV_AWS_57'], securityHub: ['S3.12'] },
    broken: unless([bucket, 'aws_s3_bucket_ownership_controls'], (resource, stack) =>
      resource.type === bucket
        ? resource.config['acl'] === undefined &&
          partsOf(resource, 'aws_s3_bucket_ownership_controls', stack).length > 0
        : blocks(resource.config['rule']).every((rule) => rule['object_ownership'] === 'BucketOwnerEnforced'),
    ),
  },
  {
    id: 'bucket-access-logged',
    severity: 'low',
    why: 'After an incident nobody can find out who read what.',
    fix: 'Add an aws_s3_bucket_logging.',
    ids: { checkov: ['CKV_AWS_18'], trivy: ['AWS-0089'], securityHub: ['S3.9'] },
    broken: unless(bucket, hasReferrer('aws_s3_bucket_logging', 'bucket')),
  },
  {
    id: 'bucket-replicated',
    severity: 'low',
    why: 'When its region fails, its objects are unavailable.',
    fix: 'Add an aws_s3_bucket_replication_configuration.',
    ids: { checkov: ['CKV_AWS_144'], securityHub: ['S3.7'] },
    broken: unless(bucket, hasReferrer('aws_s3_bucket_replication_configuration', 'bucket')),
  },
  {
    id: 'bucket-events',
    severity: 'low',
    why: 'Nobody is notified when an object changes.',
    fix: 'Add an aws_s3_bucket_notification.',
    ids: { checkov: ['CKV2_AWS_62'], securityHub: ['S3.11'] },
    broken: unless(bucket, hasReferrer('aws_s3_bucket_notification', 'bucket')),
  },
];

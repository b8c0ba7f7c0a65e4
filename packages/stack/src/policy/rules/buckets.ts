import type { JsonObject } from '../../model/stack-json.ts';
import { blocks, type StackModel, type StackResource } from '../../model/stack-model.ts';
import { allowsEverybody, statementsOf } from '../policy-document.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

const bucket = 'aws_s3_bucket';
const blocksOfAccess = [
  'block_public_acls',
  'block_public_policy',
  'ignore_public_acls',
  'restrict_public_buckets',
];

/** S3 buckets, such as the one with Terraform's state. */
export const bucketRules: readonly PolicyRule[] = [
  {
    id: 'bucket-not-public',
    severity: 'critical',
    why: 'One wrong policy or ACL makes the objects public.',
    fix: `Add an aws_s3_bucket_public_access_block with ${blocksOfAccess.join(', ')}.`,
    ids: {
      checkov: ['CKV2_AWS_6', 'CKV_AWS_53', 'CKV_AWS_54', 'CKV_AWS_55', 'CKV_AWS_56'],
      trivy: ['AWS-0086', 'AWS-0087', 'AWS-0091', 'AWS-0093', 'AWS-0094'],
      securityHub: ['S3.8'],
    },
    broken: unless([bucket, 'aws_s3_bucket_public_access_block'], (resource, stack) =>
      resource.type === bucket
        ? partsOf(resource, 'aws_s3_bucket_public_access_block', stack).some(blocksAll)
        : blocksAll(resource.config),
    ),
  },
  {
    id: 'bucket-policy-not-public',
    severity: 'critical',
    why: 'Anybody who guesses the name of the bucket can use it.',
    fix: 'Name the principals, or add a condition.',
    ids: { checkov: ['CKV_AWS_70'], securityHub: ['S3.2', 'S3.3'] },
    broken: unless(
      'aws_s3_bucket_policy',
      ({ config }) => statementsOf(config['policy'])?.some(allowsEverybody) === false,
    ),
  },
  {
    id: 'bucket-tls-only',
    severity: 'medium',
    why: 'Without TLS, objects are sent unencrypted.',
    fix: 'Deny requests with aws:SecureTransport = false in an aws_s3_bucket_policy.',
    ids: { securityHub: ['S3.5'] },
    broken: unless(bucket, (resource, stack) =>
      partsOf(resource, 'aws_s3_bucket_policy', stack).some((policy) =>
        statementsOf(policy['policy'])?.some(
          (statement) =>
            statement['Effect'] === 'Deny' &&
            JSON.stringify(statement['Condition'] ?? '').includes('"aws:SecureTransport":"false"'),
        ),
      ),
    ),
  },
  {
    id: 'bucket-customer-key',
    severity: 'medium',
    why: 'Without a customer key, access to the bucket is enough to read its objects.',
    fix: 'Add an aws_s3_bucket_server_side_encryption_configuration with sse_algorithm aws:kms and a kms_master_key_id.',
    ids: { checkov: ['CKV_AWS_145', 'CKV_AWS_19'], trivy: ['AWS-0088', 'AWS-0132'], securityHub: ['S3.17'] },
    broken: unless(bucket, (resource, stack) =>
      partsOf(resource, 'aws_s3_bucket_server_side_encryption_configuration', stack)
        .flatMap((encryption) => blocks(encryption['rule']))
        .flatMap((rule) => blocks(rule['apply_server_side_encryption_by_default']))
        .some((rule) => rule['sse_algorithm'] === 'aws:kms' && rule['kms_master_key_id'] !== undefined),
    ),
  },
];

function blocksAll(config: JsonObject): boolean {
  return blocksOfAccess.every((name) => config[name] === true);
}

/** The settings of a bucket that are resources of a type. */
export function partsOf(bucket: StackResource, type: string, stack: StackModel): JsonObject[] {
  return stack.referrers(type, 'bucket', bucket).map(({ config }) => config);
}

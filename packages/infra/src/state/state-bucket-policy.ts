import { policyDocument } from '../policy-document.ts';

/**
 * The policy of a state bucket: nothing without TLS, and no object under another key than the bucket's.
 *
 * A write that names no encryption gets the bucket's own. One that asks for SSE-S3, as Terraform's backend does when
 * it has `encrypt` without `kms_key_id`, is refused.
 */
export function stateBucketPolicy(props: { bucketArn: string; keyArn: string }): string {
  const objects = `${props.bucketArn}/*`;
  const deny = (Sid: string, Action: string, Resource: string | string[], Condition: object) => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource,
    Condition,
  });
  const encryption = 's3:x-amz-server-side-encryption';
  const keyId = `${encryption}-aws-kms-key-id`;
  return policyDocument(
    deny('TlsOnly', 's3:*', [props.bucketArn, objects], { Bool: { 'aws:SecureTransport': 'false' } }),
    deny('KmsOnly', 's3:PutObject', objects, {
      Null: { [encryption]: 'false' },
      StringNotEquals: { [encryption]: 'aws:kms' },
    }),
    deny('OwnKeyOnly', 's3:PutObject', objects, {
      Null: { [keyId]: 'false' },
      StringNotEquals: { [keyId]: props.keyArn },
    }),
  );
}

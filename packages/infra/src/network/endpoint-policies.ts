import type { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/**
 * The policy of the S3 endpoint: buckets of this account for its own principals, and to read those in which AWS keeps
 * the packages of Amazon Linux, the agent of Systems Manager and the layers of ECR. Nothing can be carried off into
 * somebody else's bucket.
 */
export function s3EndpointPolicy(scope: Construct): string {
  const { accountId, partition, region } = awsIdentity(scope);
  const bucketsOfAws = [
    `al2023-repos-${region}-*`,
    `amazon-ssm-${region}`,
    `prod-${region}-starport-layer-bucket`,
  ];
  return endpointPolicy(
    {
      Sid: 'OwnBuckets',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalAccount': accountId, 'aws:ResourceAccount': accountId } },
    },
    {
      // Packages are fetched without a signature: there is no principal to ask for.
      Sid: 'BucketsOfAws',
      Action: 's3:GetObject',
      Resource: bucketsOfAws.map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
    },
  );
}

/** The policy of an interface endpoint: principals of this account alone, so that no stolen key of another works. */
export function interfaceEndpointPolicy(scope: Construct, service: string): string {
  const { accountId, partition } = awsIdentity(scope);
  const own = {
    Sid: 'OwnPrincipals',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalAccount': accountId } },
  };
  if (service !== 'sts') return endpointPolicy(own);
  // Who changes a token of his cluster for a role is no principal yet.
  return endpointPolicy(own, {
    Sid: 'OwnRolesByToken',
    Action: 'sts:AssumeRoleWithWebIdentity',
    Resource: `arn:${partition}:iam::${accountId}:role/*`,
  });
}

function endpointPolicy(...statements: readonly object[]): string {
  return policyDocument(
    ...statements.map((statement) => ({ Effect: 'Allow', Principal: '*', ...statement })),
  );
}

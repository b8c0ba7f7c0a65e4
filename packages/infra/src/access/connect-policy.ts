import type { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/**
 * An IAM policy, as JSON, to log in as one database user.
 *
 * @param resourceIds of instances (`db-...`), clusters (`cluster-...`) or proxies (`prx-...`)
 */
export function connectPolicy(scope: Construct, resourceIds: readonly string[], user: string): string {
  const { accountId, partition, region } = awsIdentity(scope);
  return policyDocument({
    Effect: 'Allow',
    Action: 'rds-db:connect',
    Resource: resourceIds.map((id) => `arn:${partition}:rds-db:${region}:${accountId}:dbuser:${id}/${user}`),
  });
}

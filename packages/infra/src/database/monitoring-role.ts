import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { Construct } from 'constructs';
import { serviceRole } from '../service-role.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/** ARN of a role by which RDS writes the metrics of enhanced monitoring. */
export function monitoringRoleArn(scope: Construct, name: string): string {
  const role = serviceRole(scope, 'monitoring-role', {
    name: `${name}-monitoring`,
    service: 'monitoring.rds.amazonaws.com',
  });
  new IamRolePolicyAttachment(scope, 'monitoring-policy', {
    role: role.name,
    policyArn: `arn:${awsIdentity(scope).partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
  });
  return role.arn;
}

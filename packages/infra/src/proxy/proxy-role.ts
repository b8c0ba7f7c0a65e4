import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { serviceRole } from '../service-role.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/** A role by which a proxy reads the secrets of its users, and nothing else. */
export function proxyRole(
  scope: Construct,
  props: { name: string; secretArns: readonly string[]; keyArn: string },
): IamRole {
  const { region } = awsIdentity(scope);
  const role = serviceRole(scope, 'role', {
    name: props.name,
    service: 'rds.amazonaws.com',
    // RDS Proxy supports no global condition keys (its quotas and limitations).
    sendsAccount: false,
  });
  new IamRolePolicy(scope, 'read-secrets', {
    name: 'read-secrets',
    role: role.name,
    policy: policyDocument(
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: props.secretArns },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: props.keyArn,
        Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
      },
    ),
  });
  return role;
}

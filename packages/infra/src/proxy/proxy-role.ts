import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { Construct } from 'constructs';
import { awsIdentity } from '../stack/aws-identity.ts';

/** A role by which a proxy reads the secrets of its users, and nothing else. */
export function proxyRole(
  scope: Construct,
  props: { name: string; secretArns: readonly string[]; keyArn: string },
): IamRole {
  const { region } = awsIdentity(scope);
  const role = new IamRole(scope, 'role', {
    name: props.name,
    // No condition on the account: RDS Proxy knows no global condition keys (its quotas and limitations).
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'rds.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  });
  new IamRolePolicy(scope, 'read-secrets', {
    name: 'read-secrets',
    role: role.name,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: props.secretArns },
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: props.keyArn,
          Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
        },
      ],
    }),
  });
  return role;
}

import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { Construct } from 'constructs';
import { awsIdentity } from '../stack/aws-identity.ts';

/** What the instance may do: be managed by Systems Manager, and nothing else. */
export function bastionProfile(scope: Construct, name: string): IamInstanceProfile {
  const role = new IamRole(scope, 'role', {
    name,
    description: 'Lets Systems Manager reach the bastion',
    // EC2 names no source account when it assumes the role of an instance, so there is no condition on one.
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  });
  const managed = new IamRolePolicyAttachment(scope, 'systems-manager', {
    role: role.name,
    policyArn: `arn:${awsIdentity(scope).partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
  });
  // An agent that starts without its rights sleeps for a while before it asks again.
  return new IamInstanceProfile(scope, 'profile', { name, role: role.name, dependsOn: [managed] });
}

import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { Construct } from 'constructs';
import { serviceRole } from '../service-role.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/** What the instance may do: be managed by Systems Manager, and nothing else. */
export function bastionProfile(scope: Construct, name: string): IamInstanceProfile {
  const role = serviceRole(scope, 'role', {
    name,
    description: 'Lets Systems Manager reach the bastion',
    service: 'ec2.amazonaws.com',
    sendsAccount: false,
  });
  const managed = new IamRolePolicyAttachment(scope, 'systems-manager', {
    role: role.name,
    policyArn: `arn:${awsIdentity(scope).partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
  });
  // An agent that starts without its rights sleeps for a while before it asks again.
  return new IamInstanceProfile(scope, 'profile', { name, role: role.name, dependsOn: [managed] });
}

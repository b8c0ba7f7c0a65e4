import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { Construct } from 'constructs';
import { awsIdentity } from './stack/aws-identity.ts';

/** A role that one AWS service may assume, and only on behalf of this account (no confused deputy). */
export function serviceRole(scope: Construct, id: string, props: { name: string; service: string }): IamRole {
  return new IamRole(scope, id, {
    name: props.name,
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: props.service },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': awsIdentity(scope).accountId } },
        },
      ],
    }),
  });
}

import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { Construct } from 'constructs';
import { policyDocument } from './policy-document.ts';
import { awsIdentity } from './stack/aws-identity.ts';

/**
 * A role that one AWS service may assume, on behalf of this account alone (no confused deputy).
 *
 * @param props.sendsAccount false for a service that does not say for which account it acts. Default true.
 */
export function serviceRole(
  scope: Construct,
  id: string,
  props: { name: string; service: string; description?: string; sendsAccount?: boolean },
): IamRole {
  const { name, service, description, sendsAccount = true } = props;
  return new IamRole(scope, id, {
    name,
    description,
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(sendsAccount && {
        Condition: { StringEquals: { 'aws:SourceAccount': awsIdentity(scope).accountId } },
      }),
    }),
  });
}

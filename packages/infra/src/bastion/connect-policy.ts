import type { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { awsIdentity } from '../stack/aws-identity.ts';

/** The document of Systems Manager that forwards a port to a host behind the bastion. */
export const forwardingDocument = 'AWS-StartPortForwardingSessionToRemoteHost';

/** For people and pipelines: forward ports through the bastions of this name, end one's own sessions, and no shell. */
export function connectPolicy(scope: Construct, bastionName: string): string {
  const { accountId, partition, region } = awsIdentity(scope);
  return policyDocument(
    {
      Sid: 'ThroughTheBastion',
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: `arn:${partition}:ec2:${region}:${accountId}:instance/*`,
      Condition: {
        StringEquals: { 'ssm:resourceTag/Name': bastionName },
        // Without it a session that names no document is a shell, whatever the next statement says.
        BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' },
      },
    },
    {
      Sid: 'ForwardPorts',
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: `arn:${partition}:ssm:${region}::document/${forwardingDocument}`,
    },
    {
      Sid: 'OwnSessions',
      Effect: 'Allow',
      Action: ['ssm:ResumeSession', 'ssm:TerminateSession'],
      // IAM's own variable, which Terraform must leave alone.
      Resource: `arn:${partition}:ssm:${region}:${accountId}:session/$\${aws:userid}-*`,
    },
    {
      Sid: 'FindTheBastion',
      Effect: 'Allow',
      Action: 'ec2:DescribeInstances',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': region } },
    },
  );
}

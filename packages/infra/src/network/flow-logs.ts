import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Construct } from 'constructs';
import { policyDocument } from '../policy-document.ts';
import { serviceRole } from '../service-role.ts';

export interface FlowLogsProps {
  readonly name: string;
  readonly vpcId: string;
  readonly keyArn: string;
  readonly retentionDays: number;
}

/** Records every accepted and rejected connection of a VPC in an encrypted log group. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'log-group', {
      name: `/aws/vpc/${props.name}/flow-logs`,
      retentionInDays: props.retentionDays,
      kmsKeyId: props.keyArn,
    });
    const role = serviceRole(this, 'role', {
      name: `${props.name}-flow-logs`,
      service: 'vpc-flow-logs.amazonaws.com',
    });
    new IamRolePolicy(this, 'write', {
      name: 'write-flow-logs',
      role: role.name,
      policy: policyDocument({
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        Resource: `${group.arn}:*`,
      }),
    });
    new FlowLog(this, 'flow-log', {
      vpcId: props.vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: props.name },
    });
  }
}

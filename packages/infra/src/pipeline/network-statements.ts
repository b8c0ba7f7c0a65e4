import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/** What EC2 makes for a stack, each with the stack's tags from the start. */
const made = [
  'elastic-ip',
  'internet-gateway',
  'launch-template',
  'natgateway',
  'network-interface',
  'route-table',
  'security-group',
  'security-group-rule',
  'subnet',
  'vpc',
  'vpc-endpoint',
  'vpc-flow-log',
];

/** EC2 has no names to hold on to: what is made must get the tag `Stack`, and what is changed must have it. */
export function networkStatements(scope: PipelineScope): PolicyStatement[] {
  const regions = inRegions(scope);
  return policyStatements({
    MakeNetwork: {
      may: {
        ec2: [
          'AllocateAddress',
          'AuthorizeSecurityGroup*',
          'CreateFlowLogs',
          'CreateInternetGateway',
          'CreateLaunchTemplate',
          'CreateNatGateway',
          'CreateRouteTable',
          'CreateSecurityGroup',
          'CreateSubnet',
          'CreateTags',
          'CreateVpc',
          'CreateVpcEndpoint',
        ],
      },
      on: arns(scope, 'ec2', ...made.map((type) => `${type}/*`)),
      when: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    ChangeNetwork: {
      may: {
        ec2: [
          'Associate*',
          'AttachInternetGateway',
          'AuthorizeSecurityGroup*',
          'Create*',
          'Delete*',
          'DetachInternetGateway',
          'Disassociate*',
          'Modify*',
          'ReleaseAddress',
          'ReplaceRoute*',
          'RevokeSecurityGroup*',
          'UpdateSecurityGroupRuleDescriptions*',
        ],
      },
      on: arns(scope, 'ec2', '*'),
      when: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
    // Auto Scaling asks whether its caller could start the bastion by its template.
    StartByTemplate: {
      may: { ec2: 'RunInstances' },
      on: [
        ...arns(
          scope,
          'ec2',
          'instance/*',
          'network-interface/*',
          'volume/*',
          'security-group/*',
          'subnet/*',
          'launch-template/*',
        ),
        `arn:${scope.identity.partition}:ec2:*::image/*`,
      ],
      when: {
        StringEquals: regions,
        ArnLike: { 'ec2:LaunchTemplate': arns(scope, 'ec2', 'launch-template/*') },
      },
    },
    FindImage: {
      may: { ssm: 'GetParameters' },
      on: `arn:${scope.identity.partition}:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*`,
    },
    KeepBastion: {
      may: {
        autoscaling: [
          'Create*',
          'Delete*',
          'SetDesiredCapacity',
          'StartInstanceRefresh',
          'UpdateAutoScalingGroup',
        ],
      },
      on: arns(scope, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${scope.prefix}-*`),
      when: { StringEquals: regions },
    },
    // Route 53 has its one region of requests in us-east-1, and asks EC2 for the VPC of a private zone.
    MakeZone: {
      may: { route53: ['CreateHostedZone', 'AssociateVPCWithHostedZone'], ec2: 'DescribeVpcs' },
      on: '*',
      when: { StringEquals: { 'aws:RequestedRegion': [...scope.regions, 'us-east-1'] } },
    },
    KeepZones: {
      may: { route53: ['ChangeResourceRecordSets', 'ChangeTagsForResource', 'DeleteHostedZone'] },
      on: `arn:${scope.identity.partition}:route53:::hostedzone/*`,
    },
  });
}

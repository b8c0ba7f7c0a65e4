import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

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
  return [
    {
      Sid: 'MakeNetwork',
      Effect: 'Allow',
      Action: [
        'ec2:AllocateAddress',
        'ec2:AuthorizeSecurityGroup*',
        'ec2:CreateFlowLogs',
        'ec2:CreateInternetGateway',
        'ec2:CreateLaunchTemplate',
        'ec2:CreateNatGateway',
        'ec2:CreateRouteTable',
        'ec2:CreateSecurityGroup',
        'ec2:CreateSubnet',
        'ec2:CreateTags',
        'ec2:CreateVpc',
        'ec2:CreateVpcEndpoint',
      ],
      Resource: arns(scope, 'ec2', ...made.map((type) => `${type}/*`)),
      Condition: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    {
      Sid: 'ChangeNetwork',
      Effect: 'Allow',
      Action: [
        'ec2:Associate*',
        'ec2:AttachInternetGateway',
        'ec2:AuthorizeSecurityGroup*',
        'ec2:Create*',
        'ec2:Delete*',
        'ec2:DetachInternetGateway',
        'ec2:Disassociate*',
        'ec2:Modify*',
        'ec2:ReleaseAddress',
        'ec2:ReplaceRoute*',
        'ec2:RevokeSecurityGroup*',
        'ec2:UpdateSecurityGroupRuleDescriptions*',
      ],
      Resource: arns(scope, 'ec2', '*'),
      Condition: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
    {
      // Auto Scaling asks whether its caller could start the bastion by its template.
      Sid: 'StartByTemplate',
      Effect: 'Allow',
      Action: 'ec2:RunInstances',
      Resource: [
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
      Condition: {
        StringEquals: regions,
        ArnLike: { 'ec2:LaunchTemplate': arns(scope, 'ec2', 'launch-template/*') },
      },
    },
    {
      Sid: 'FindImage',
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: `arn:${scope.identity.partition}:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*`,
    },
    {
      Sid: 'KeepBastion',
      Effect: 'Allow',
      Action: [
        'autoscaling:Create*',
        'autoscaling:Delete*',
        'autoscaling:SetDesiredCapacity',
        'autoscaling:StartInstanceRefresh',
        'autoscaling:UpdateAutoScalingGroup',
      ],
      Resource: arns(scope, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${scope.prefix}-*`),
      Condition: { StringEquals: regions },
    },
    {
      // Route 53 has its one region of requests in us-east-1, and asks EC2 for the VPC of a private zone.
      Sid: 'MakeZone',
      Effect: 'Allow',
      Action: ['route53:CreateHostedZone', 'route53:AssociateVPCWithHostedZone', 'ec2:DescribeVpcs'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': [...scope.regions, 'us-east-1'] } },
    },
    {
      Sid: 'KeepZones',
      Effect: 'Allow',
      Action: [
        'route53:ChangeResourceRecordSets',
        'route53:ChangeTagsForResource',
        'route53:DeleteHostedZone',
      ],
      Resource: `arn:${scope.identity.partition}:route53:::hostedzone/*`,
    },
  ];
}

import { arns, type Grants, inRegions, ofStack, taggedForStack } from './grants.ts';

/** What EC2 creates for a stack, each with the stack's tags from the start. */
const created = [
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
/** What takes part in the start of an instance. */
const started = ['instance', 'network-interface', 'volume', 'security-group', 'subnet', 'launch-template'];

/** EC2's resources have no names: what is created must get the tag `Stack`, and what is changed must have it. */
export const networkGrants: Grants = {
  MakeNetwork: {
    may: {
      ec2: `AllocateAddress AuthorizeSecurityGroup* CreateFlowLogs CreateInternetGateway CreateLaunchTemplate
        CreateNatGateway CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint`,
    },
    on: arns('ec2', ...created.map((type) => `${type}/*`)),
    when: { StringEquals: { ...inRegions, ...taggedForStack } },
  },
  ChangeNetwork: {
    may: {
      ec2: `Associate* AttachInternetGateway AuthorizeSecurityGroup* Create* Delete* DetachInternetGateway
        Disassociate* Modify* ReleaseAddress ReplaceRoute* RevokeSecurityGroup* UpdateSecurityGroupRuleDescriptions*`,
    },
    on: arns('ec2', '*'),
    when: { StringEquals: { ...inRegions, ...ofStack } },
  },
  // Auto Scaling checks that its caller could start the bastion from its template.
  StartByTemplate: {
    may: { ec2: 'RunInstances' },
    on: [...arns('ec2', ...started.map((type) => `${type}/*`)), 'arn:{partition}:ec2:*::image/*'],
    when: { StringEquals: inRegions, ArnLike: { 'ec2:LaunchTemplate': arns('ec2', 'launch-template/*') } },
  },
  FindImage: {
    may: { ssm: 'GetParameters' },
    on: 'arn:{partition}:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*',
  },
  KeepBastion: {
    may: { autoscaling: 'Create* Delete* SetDesiredCapacity StartInstanceRefresh UpdateAutoScalingGroup' },
    on: arns('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/{prefix}-*'),
    when: { StringEquals: inRegions },
  },
  // Requests to Route 53 count as those of us-east-1, and it asks EC2 for the VPC of a private zone.
  MakeZone: {
    may: { route53: 'CreateHostedZone AssociateVPCWithHostedZone', ec2: 'DescribeVpcs' },
    on: '*',
    when: { StringEquals: { 'aws:RequestedRegion': ['{regions}', 'us-east-1'] } },
  },
  KeepZones: {
    may: { route53: 'ChangeResourceRecordSets ChangeTagsForResource DeleteHostedZone' },
    on: 'arn:{partition}:route53:::hostedzone/*',
  },
};

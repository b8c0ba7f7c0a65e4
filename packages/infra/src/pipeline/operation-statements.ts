import { arns, iamArns, inRegions, type PipelineScope } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** Services that get a role of the stack. */
const passedTo = ['application-autoscaling', 'backup', 'ec2', 'monitoring.rds', 'rds', 'vpc-flow-logs'].map(
  (service) => `${service}.amazonaws.com`,
);

/** Logs, alarms, alerts, budgets, and the stack's own roles. */
export function operationStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix, identity } = scope;
  const managed = `arn:${identity.partition}:iam::aws:policy`;
  const regions = { StringEquals: inRegions(scope) };
  return [
    {
      Sid: 'KeepLogs',
      Effect: 'Allow',
      Action: [
        'logs:*TagResource',
        'logs:AssociateKmsKey',
        'logs:CreateLogGroup',
        'logs:DeleteLogGroup',
        'logs:DeleteMetricFilter',
        'logs:PutMetricFilter',
        'logs:PutRetentionPolicy',
      ],
      Resource: arns(scope, 'logs', `log-group:/aws/*/${prefix}*`),
      Condition: regions,
    },
    {
      Sid: 'KeepAlarms',
      Effect: 'Allow',
      Action: ['cloudwatch:*TagResource', 'cloudwatch:DeleteAlarms', 'cloudwatch:Put*Alarm'],
      Resource: arns(scope, 'cloudwatch', `alarm:${prefix}*`),
      Condition: regions,
    },
    {
      Sid: 'KeepDashboards',
      Effect: 'Allow',
      Action: ['cloudwatch:DeleteDashboards', 'cloudwatch:PutDashboard'],
      Resource: `arn:${identity.partition}:cloudwatch::${identity.accountId}:dashboard/${prefix}-*`,
    },
    {
      Sid: 'KeepTopics',
      Effect: 'Allow',
      Action: [
        'sns:*TagResource',
        'sns:CreateTopic',
        'sns:DeleteTopic',
        'sns:SetTopicAttributes',
        'sns:Subscribe',
        'sns:Unsubscribe',
      ],
      Resource: arns(scope, 'sns', `${prefix}-*`),
      Condition: regions,
    },
    {
      Sid: 'ScaleReplicas',
      Effect: 'Allow',
      Action: [
        'application-autoscaling:*ScalableTarget',
        'application-autoscaling:*ScalingPolicy',
        'application-autoscaling:*TagResource',
      ],
      Resource: arns(scope, 'application-autoscaling', 'scalable-target/*'),
      Condition: regions,
    },
    {
      Sid: 'KeepBudgets',
      Effect: 'Allow',
      Action: ['budgets:ModifyBudget', 'budgets:*TagResource'],
      Resource: `arn:${identity.partition}:budgets::${identity.accountId}:budget/${prefix}*`,
    },
    {
      Sid: 'KeepRoles',
      Effect: 'Allow',
      Action: [
        'iam:*TagInstanceProfile',
        'iam:*TagPolicy',
        'iam:*TagRole',
        'iam:AddRoleToInstanceProfile',
        'iam:CreateInstanceProfile',
        'iam:CreatePolicy*',
        'iam:CreateRole',
        'iam:DeleteInstanceProfile',
        'iam:DeletePolicy*',
        'iam:DeleteRole*',
        'iam:PutRolePolicy',
        'iam:RemoveRoleFromInstanceProfile',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole*',
      ],
      Resource: iamArns(scope, `role/${prefix}-*`, `policy/${prefix}-*`, `instance-profile/${prefix}-*`),
    },
    {
      Sid: 'AttachPolicies',
      Effect: 'Allow',
      Action: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
      Resource: iamArns(scope, `role/${prefix}-*`),
      Condition: {
        ArnLike: {
          'iam:PolicyARN': [
            ...iamArns(scope, `policy/${prefix}-*`),
            `${managed}/AmazonSSMManagedInstanceCore`,
            `${managed}/service-role/AmazonRDSEnhancedMonitoringRole`,
            `${managed}/service-role/AWSBackupServiceRolePolicyFor*`,
          ],
        },
      },
    },
    {
      Sid: 'PassRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: iamArns(scope, `role/${prefix}-*`),
      Condition: { StringEquals: { 'iam:PassedToService': passedTo } },
    },
    {
      Sid: 'ServiceLinkedRoles',
      Effect: 'Allow',
      Action: [
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:GetServiceLinkedRoleDeletionStatus',
      ],
      Resource: iamArns(scope, 'role/aws-service-role/*'),
    },
  ];
}

import { arns, iamArns, inRegions, type PipelineScope } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/** Services that get a role of the stack. */
const passedTo = ['application-autoscaling', 'backup', 'ec2', 'monitoring.rds', 'rds', 'vpc-flow-logs'].map(
  (service) => `${service}.amazonaws.com`,
);

/** Logs, alarms, alerts, budgets, and the stack's own roles. */
export function operationStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix, identity } = scope;
  const managed = `arn:${identity.partition}:iam::aws:policy`;
  const regions = { StringEquals: inRegions(scope) };
  return policyStatements({
    KeepLogs: {
      may: {
        logs: [
          '*TagResource',
          'AssociateKmsKey',
          'CreateLogGroup',
          'DeleteLogGroup',
          'DeleteMetricFilter',
          'PutMetricFilter',
          'PutRetentionPolicy',
        ],
      },
      on: arns(scope, 'logs', `log-group:/aws/*/${prefix}*`),
      when: regions,
    },
    KeepAlarms: {
      may: { cloudwatch: ['*TagResource', 'DeleteAlarms', 'Put*Alarm'] },
      on: arns(scope, 'cloudwatch', `alarm:${prefix}*`),
      when: regions,
    },
    KeepDashboards: {
      may: { cloudwatch: ['DeleteDashboards', 'PutDashboard'] },
      on: `arn:${identity.partition}:cloudwatch::${identity.accountId}:dashboard/${prefix}-*`,
    },
    KeepTopics: {
      may: {
        sns: ['*TagResource', 'CreateTopic', 'DeleteTopic', 'SetTopicAttributes', 'Subscribe', 'Unsubscribe'],
      },
      on: arns(scope, 'sns', `${prefix}-*`),
      when: regions,
    },
    ScaleReplicas: {
      may: { 'application-autoscaling': ['*ScalableTarget', '*ScalingPolicy', '*TagResource'] },
      on: arns(scope, 'application-autoscaling', 'scalable-target/*'),
      when: regions,
    },
    KeepBudgets: {
      may: { budgets: ['ModifyBudget', '*TagResource'] },
      on: `arn:${identity.partition}:budgets::${identity.accountId}:budget/${prefix}*`,
    },
    KeepRoles: {
      may: {
        iam: [
          '*TagInstanceProfile',
          '*TagPolicy',
          '*TagRole',
          'AddRoleToInstanceProfile',
          'CreateInstanceProfile',
          'CreatePolicy*',
          'CreateRole',
          'DeleteInstanceProfile',
          'DeletePolicy*',
          'DeleteRole*',
          'PutRolePolicy',
          'RemoveRoleFromInstanceProfile',
          'UpdateAssumeRolePolicy',
          'UpdateRole*',
        ],
      },
      on: iamArns(scope, `role/${prefix}-*`, `policy/${prefix}-*`, `instance-profile/${prefix}-*`),
    },
    AttachPolicies: {
      may: { iam: ['AttachRolePolicy', 'DetachRolePolicy'] },
      on: iamArns(scope, `role/${prefix}-*`),
      when: {
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
    PassRoles: {
      may: { iam: 'PassRole' },
      on: iamArns(scope, `role/${prefix}-*`),
      when: { StringEquals: { 'iam:PassedToService': passedTo } },
    },
    ServiceLinkedRoles: {
      may: {
        iam: ['CreateServiceLinkedRole', 'DeleteServiceLinkedRole', 'GetServiceLinkedRoleDeletionStatus'],
      },
      on: iamArns(scope, 'role/aws-service-role/*'),
    },
  });
}

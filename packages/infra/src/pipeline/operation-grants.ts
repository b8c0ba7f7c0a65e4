import { arns, globalArns, type Grants, inRegions } from './grants.ts';

/** Services that get a role of the stack. */
const passedTo = ['application-autoscaling', 'backup', 'ec2', 'monitoring.rds', 'rds', 'vpc-flow-logs'];

const managed = 'arn:{partition}:iam::aws:policy';
const roles = globalArns('iam', 'role/{prefix}-*');
const policies = globalArns('iam', 'policy/{prefix}-*');

/** Logs, alarms, alerts, budgets, and the stack's own roles. */
export const operationGrants: Grants = {
  KeepLogs: {
    may: {
      logs: `*TagResource AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter PutMetricFilter
        PutRetentionPolicy`,
    },
    on: arns('logs', 'log-group:/aws/*/{prefix}*'),
    when: { StringEquals: inRegions },
  },
  KeepAlarms: {
    may: { cloudwatch: '*TagResource DeleteAlarms Put*Alarm' },
    on: arns('cloudwatch', 'alarm:{prefix}*'),
    when: { StringEquals: inRegions },
  },
  KeepDashboards: {
    may: { cloudwatch: 'DeleteDashboards PutDashboard' },
    on: 'arn:{partition}:cloudwatch::{account}:dashboard/{prefix}-*',
  },
  KeepTopics: {
    may: { sns: '*TagResource CreateTopic DeleteTopic SetTopicAttributes Subscribe Unsubscribe' },
    on: arns('sns', '{prefix}-*'),
    when: { StringEquals: inRegions },
  },
  ScaleReplicas: {
    may: { 'application-autoscaling': '*ScalableTarget *ScalingPolicy *TagResource' },
    on: arns('application-autoscaling', 'scalable-target/*'),
    when: { StringEquals: inRegions },
  },
  KeepBudgets: {
    may: { budgets: 'ModifyBudget *TagResource' },
    on: 'arn:{partition}:budgets::{account}:budget/{prefix}*',
  },
  KeepRoles: {
    may: {
      iam: `*TagInstanceProfile *TagPolicy *TagRole AddRoleToInstanceProfile CreateInstanceProfile CreatePolicy*
        CreateRole DeleteInstanceProfile DeletePolicy* DeleteRole* PutRolePolicy RemoveRoleFromInstanceProfile
        UpdateAssumeRolePolicy UpdateRole*`,
    },
    on: [...roles, ...policies, ...globalArns('iam', 'instance-profile/{prefix}-*')],
  },
  AttachPolicies: {
    may: { iam: 'AttachRolePolicy DetachRolePolicy' },
    on: roles,
    when: {
      ArnLike: {
        'iam:PolicyARN': [
          ...policies,
          `${managed}/AmazonSSMManagedInstanceCore`,
          `${managed}/service-role/AmazonRDSEnhancedMonitoringRole`,
          `${managed}/service-role/AWSBackupServiceRolePolicyFor*`,
        ],
      },
    },
  },
  PassRoles: {
    may: { iam: 'PassRole' },
    on: roles,
    when: {
      StringEquals: { 'iam:PassedToService': passedTo.map((service) => `${service}.amazonaws.com`) },
    },
  },
  ServiceLinkedRoles: {
    may: { iam: 'CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus' },
    on: globalArns('iam', 'role/aws-service-role/*'),
  },
};

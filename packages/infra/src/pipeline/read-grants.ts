import { arns, globalArns, type Grants, inRegions, ofStack } from './grants.ts';

/**
 * What Terraform reads to refresh a stack of this package.
 *
 * Terraform reads the administrator's secret at each plan (it is how the password reaches the database without lying
 * in the state), so whoever plans can read it.
 */
export const readGrants: Grants = {
  ReadSettings: {
    may: {
      'application-autoscaling': 'Describe* ListTagsForResource',
      autoscaling: 'Describe*',
      backup: 'Describe* Get* List*',
      cloudformation: 'Describe* GetTemplate',
      cloudwatch: 'Describe* GetDashboard ListTagsForResource',
      ec2: 'Describe* GetManagedPrefixListEntries',
      kms: 'Describe* GetKeyPolicy GetKeyRotationStatus List*',
      logs: 'Describe* ListTagsForResource',
      rds: 'Describe* ListTagsForResource',
      secretsmanager: 'GetRandomPassword ListSecrets',
      serverlessrepo: 'Get*',
      sns: 'Get* ListTagsForResource',
      tag: 'GetResources',
    },
    on: '*',
    when: { StringEquals: inRegions },
  },
  ReadSecrets: {
    may: { secretsmanager: 'DescribeSecret GetResourcePolicy GetSecretValue' },
    on: arns('secretsmanager', 'secret:{prefix}-*'),
  },
  DecryptSecrets: {
    may: { kms: 'Decrypt' },
    on: arns('kms', 'key/*'),
    when: { StringEquals: ofStack },
  },
  ReadIdentities: {
    may: { iam: 'Get* List*' },
    on: globalArns(
      'iam',
      'role/{prefix}-*',
      'policy/{prefix}-*',
      'instance-profile/{prefix}-*',
      'role/aws-service-role/*',
    ),
  },
  ReadNames: {
    may: { route53: 'GetHostedZone ListResourceRecordSets ListTagsForResource' },
    on: 'arn:{partition}:route53:::hostedzone/*',
  },
  ReadChanges: {
    may: { route53: 'GetChange' },
    on: 'arn:{partition}:route53:::change/*',
  },
  ReadBudgets: {
    may: { budgets: 'ViewBudget ListTagsForResource' },
    on: 'arn:{partition}:budgets::{account}:budget/{prefix}*',
  },
};

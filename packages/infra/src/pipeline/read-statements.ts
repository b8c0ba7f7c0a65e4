import { arns, iamArns, inRegions, ofStack, type PipelineScope } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

/**
 * What Terraform reads to refresh a stack of this package.
 *
 * Terraform opens the administrator's secret at each plan (it is how the password reaches the database without lying
 * in the state), so whoever plans can read it.
 */
export function readStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix } = scope;
  return [
    {
      Sid: 'ReadSettings',
      Effect: 'Allow',
      Action: [
        'application-autoscaling:Describe*',
        'application-autoscaling:ListTagsForResource',
        'autoscaling:Describe*',
        'backup:Describe*',
        'backup:Get*',
        'backup:List*',
        'cloudformation:Describe*',
        'cloudformation:GetTemplate',
        'cloudwatch:Describe*',
        'cloudwatch:GetDashboard',
        'cloudwatch:ListTagsForResource',
        'ec2:Describe*',
        'ec2:GetManagedPrefixListEntries',
        'kms:Describe*',
        'kms:GetKeyPolicy',
        'kms:GetKeyRotationStatus',
        'kms:List*',
        'logs:Describe*',
        'logs:ListTagsForResource',
        'rds:Describe*',
        'rds:ListTagsForResource',
        'secretsmanager:GetRandomPassword',
        'secretsmanager:ListSecrets',
        'serverlessrepo:Get*',
        'sns:Get*',
        'sns:ListTagsForResource',
        'tag:GetResources',
      ],
      Resource: '*',
      Condition: { StringEquals: inRegions(scope) },
    },
    {
      Sid: 'ReadSecrets',
      Effect: 'Allow',
      Action: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetResourcePolicy',
        'secretsmanager:GetSecretValue',
      ],
      Resource: arns(scope, 'secretsmanager', `secret:${prefix}-*`),
    },
    {
      Sid: 'DecryptSecrets',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: arns(scope, 'kms', 'key/*'),
      Condition: { StringEquals: ofStack(scope) },
    },
    {
      Sid: 'ReadIdentities',
      Effect: 'Allow',
      Action: ['iam:Get*', 'iam:List*'],
      Resource: iamArns(
        scope,
        `role/${prefix}-*`,
        `policy/${prefix}-*`,
        `instance-profile/${prefix}-*`,
        'role/aws-service-role/*',
      ),
    },
    {
      Sid: 'ReadNames',
      Effect: 'Allow',
      Action: ['route53:GetHostedZone', 'route53:ListResourceRecordSets', 'route53:ListTagsForResource'],
      Resource: `arn:${scope.identity.partition}:route53:::hostedzone/*`,
    },
    {
      Sid: 'ReadChanges',
      Effect: 'Allow',
      Action: 'route53:GetChange',
      Resource: `arn:${scope.identity.partition}:route53:::change/*`,
    },
    {
      Sid: 'ReadBudgets',
      Effect: 'Allow',
      Action: ['budgets:ViewBudget', 'budgets:ListTagsForResource'],
      Resource: `arn:${scope.identity.partition}:budgets::${scope.identity.accountId}:budget/${prefix}*`,
    },
  ];
}

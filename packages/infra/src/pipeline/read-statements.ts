import { arns, iamArns, inRegions, ofStack, type PipelineScope } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/**
 * What Terraform reads to refresh a stack of this package.
 *
 * Terraform opens the administrator's secret at each plan (it is how the password reaches the database without lying
 * in the state), so whoever plans can read it.
 */
export function readStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix } = scope;
  return policyStatements({
    ReadSettings: {
      may: {
        'application-autoscaling': ['Describe*', 'ListTagsForResource'],
        autoscaling: 'Describe*',
        backup: ['Describe*', 'Get*', 'List*'],
        cloudformation: ['Describe*', 'GetTemplate'],
        cloudwatch: ['Describe*', 'GetDashboard', 'ListTagsForResource'],
        ec2: ['Describe*', 'GetManagedPrefixListEntries'],
        kms: ['Describe*', 'GetKeyPolicy', 'GetKeyRotationStatus', 'List*'],
        logs: ['Describe*', 'ListTagsForResource'],
        rds: ['Describe*', 'ListTagsForResource'],
        secretsmanager: ['GetRandomPassword', 'ListSecrets'],
        serverlessrepo: 'Get*',
        sns: ['Get*', 'ListTagsForResource'],
        tag: 'GetResources',
      },
      on: '*',
      when: { StringEquals: inRegions(scope) },
    },
    ReadSecrets: {
      may: { secretsmanager: ['DescribeSecret', 'GetResourcePolicy', 'GetSecretValue'] },
      on: arns(scope, 'secretsmanager', `secret:${prefix}-*`),
    },
    DecryptSecrets: {
      may: { kms: 'Decrypt' },
      on: arns(scope, 'kms', 'key/*'),
      when: { StringEquals: ofStack(scope) },
    },
    ReadIdentities: {
      may: { iam: ['Get*', 'List*'] },
      on: iamArns(
        scope,
        `role/${prefix}-*`,
        `policy/${prefix}-*`,
        `instance-profile/${prefix}-*`,
        'role/aws-service-role/*',
      ),
    },
    ReadNames: {
      may: { route53: ['GetHostedZone', 'ListResourceRecordSets', 'ListTagsForResource'] },
      on: `arn:${scope.identity.partition}:route53:::hostedzone/*`,
    },
    ReadChanges: {
      may: { route53: 'GetChange' },
      on: `arn:${scope.identity.partition}:route53:::change/*`,
    },
    ReadBudgets: {
      may: { budgets: ['ViewBudget', 'ListTagsForResource'] },
      on: `arn:${scope.identity.partition}:budgets::${scope.identity.accountId}:budget/${prefix}*`,
    },
  });
}

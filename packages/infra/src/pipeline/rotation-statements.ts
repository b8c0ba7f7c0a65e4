import { arns, iamArns, inRegions, type PipelineScope } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** AWS's function that rotates a password: a stack of CloudFormation from the Serverless Application Repository. */
export function rotationStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix, identity } = scope;
  const regions = { StringEquals: inRegions(scope) };
  // The names of what the application makes begin with that of its stack.
  const stackName = `serverlessrepo-${prefix}-*`;
  const roles = iamArns(scope, `role/${stackName}`);
  return [
    {
      Sid: 'TakeApplication',
      Effect: 'Allow',
      Action: ['serverlessrepo:CreateCloudFormation*', 'serverlessrepo:GetApplication'],
      Resource: `arn:${identity.partition}:serverlessrepo:*:297356227824:applications/SecretsManager*`,
      Condition: regions,
    },
    {
      Sid: 'FetchApplication',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: `arn:${identity.partition}:s3:::awsserverlessrepo-changesets-*/*`,
    },
    {
      Sid: 'KeepApplication',
      Effect: 'Allow',
      Action: [
        'cloudformation:*TagResource',
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteStack',
        'cloudformation:ExecuteChangeSet',
      ],
      Resource: [
        ...arns(scope, 'cloudformation', `stack/${stackName}`),
        `arn:${identity.partition}:cloudformation:*:aws:transform/Serverless-2016-10-31`,
      ],
      Condition: regions,
    },
    {
      Sid: 'KeepFunction',
      Effect: 'Allow',
      Action: [
        'lambda:*TagResource',
        'lambda:AddPermission',
        'lambda:CreateFunction',
        'lambda:DeleteFunction',
        'lambda:GetFunction*',
        'lambda:InvokeFunction',
        'lambda:ListTags',
        'lambda:RemovePermission',
        'lambda:UpdateFunction*',
      ],
      Resource: arns(scope, 'lambda', `function:${prefix}-*`),
      Condition: regions,
    },
    {
      Sid: 'KeepRoleOfFunction',
      Effect: 'Allow',
      Action: [
        'iam:*TagRole',
        'iam:CreateRole',
        'iam:DeleteRole*',
        'iam:DetachRolePolicy',
        'iam:GetRole*',
        'iam:PutRolePolicy',
      ],
      Resource: roles,
    },
    {
      Sid: 'AttachToRoleOfFunction',
      Effect: 'Allow',
      Action: 'iam:AttachRolePolicy',
      Resource: roles,
      Condition: {
        ArnLike: {
          'iam:PolicyARN': `arn:${identity.partition}:iam::aws:policy/service-role/AWSLambda*ExecutionRole`,
        },
      },
    },
    {
      Sid: 'PassRoleOfFunction',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: roles,
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  ];
}

import { arns, iamArns, inRegions, type PipelineScope } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/** AWS's function that rotates a password: a stack of CloudFormation from the Serverless Application Repository. */
export function rotationStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix, identity } = scope;
  const regions = { StringEquals: inRegions(scope) };
  // The names of what the application makes begin with that of its stack.
  const stackName = `serverlessrepo-${prefix}-*`;
  const roles = iamArns(scope, `role/${stackName}`);
  return policyStatements({
    TakeApplication: {
      may: { serverlessrepo: ['CreateCloudFormation*', 'GetApplication'] },
      on: `arn:${identity.partition}:serverlessrepo:*:297356227824:applications/SecretsManager*`,
      when: regions,
    },
    FetchApplication: {
      may: { s3: 'GetObject' },
      on: `arn:${identity.partition}:s3:::awsserverlessrepo-changesets-*/*`,
    },
    KeepApplication: {
      may: { cloudformation: ['*TagResource', 'CreateChangeSet', 'DeleteStack', 'ExecuteChangeSet'] },
      on: [
        ...arns(scope, 'cloudformation', `stack/${stackName}`),
        `arn:${identity.partition}:cloudformation:*:aws:transform/Serverless-2016-10-31`,
      ],
      when: regions,
    },
    KeepFunction: {
      may: {
        lambda: [
          '*TagResource',
          'AddPermission',
          'CreateFunction',
          'DeleteFunction',
          'GetFunction*',
          'InvokeFunction',
          'ListTags',
          'RemovePermission',
          'UpdateFunction*',
        ],
      },
      on: arns(scope, 'lambda', `function:${prefix}-*`),
      when: regions,
    },
    KeepRoleOfFunction: {
      may: {
        iam: ['*TagRole', 'CreateRole', 'DeleteRole*', 'DetachRolePolicy', 'GetRole*', 'PutRolePolicy'],
      },
      on: roles,
    },
    AttachToRoleOfFunction: {
      may: { iam: 'AttachRolePolicy' },
      on: roles,
      when: {
        ArnLike: {
          'iam:PolicyARN': `arn:${identity.partition}:iam::aws:policy/service-role/AWSLambda*ExecutionRole`,
        },
      },
    },
    PassRoleOfFunction: {
      may: { iam: 'PassRole' },
      on: roles,
      when: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  });
}

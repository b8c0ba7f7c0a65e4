import { arns, globalArns, type Grants, inRegions } from './grants.ts';

/** What the application creates has a name that begins with that of its stack. */
const stackName = 'serverlessrepo-{prefix}-*';
const roles = globalArns('iam', `role/${stackName}`);

/** AWS's function that rotates a password: a CloudFormation stack from the Serverless Application Repository. */
export const rotationGrants: Grants = {
  TakeApplication: {
    may: { serverlessrepo: 'CreateCloudFormation* GetApplication' },
    on: 'arn:{partition}:serverlessrepo:*:297356227824:applications/SecretsManager*',
    when: { StringEquals: inRegions },
  },
  FetchApplication: {
    may: { s3: 'GetObject' },
    on: 'arn:{partition}:s3:::awsserverlessrepo-changesets-*/*',
  },
  KeepApplication: {
    may: { cloudformation: '*TagResource CreateChangeSet DeleteStack ExecuteChangeSet' },
    on: [
      ...arns('cloudformation', `stack/${stackName}`),
      'arn:{partition}:cloudformation:*:aws:transform/Serverless-2016-10-31',
    ],
    when: { StringEquals: inRegions },
  },
  KeepFunction: {
    may: {
      lambda: `*TagResource AddPermission CreateFunction DeleteFunction GetFunction* InvokeFunction ListTags
        RemovePermission UpdateFunction*`,
    },
    on: arns('lambda', 'function:{prefix}-*'),
    when: { StringEquals: inRegions },
  },
  KeepRoleOfFunction: {
    may: { iam: '*TagRole CreateRole DeleteRole* DetachRolePolicy GetRole* PutRolePolicy' },
    on: roles,
  },
  AttachToRoleOfFunction: {
    may: { iam: 'AttachRolePolicy' },
    on: roles,
    when: {
      ArnLike: { 'iam:PolicyARN': 'arn:{partition}:iam::aws:policy/service-role/AWSLambda*ExecutionRole' },
    },
  },
  PassRoleOfFunction: {
    may: { iam: 'PassRole' },
    on: roles,
    when: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  },
};

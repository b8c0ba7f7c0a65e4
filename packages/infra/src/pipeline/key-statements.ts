import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** Keys by the tag `Stack`; secrets and backups by name. */
export function keyStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix } = scope;
  const regions = inRegions(scope);
  return [
    {
      Sid: 'MakeKeys',
      Effect: 'Allow',
      Action: ['kms:CreateKey', 'kms:TagResource'],
      Resource: '*',
      Condition: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    {
      Sid: 'KeepKeys',
      Effect: 'Allow',
      Action: [
        'kms:CancelKeyDeletion',
        'kms:CreateAlias',
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DeleteAlias',
        'kms:EnableKey*',
        'kms:GenerateDataKey*',
        'kms:PutKeyPolicy',
        'kms:RevokeGrant',
        'kms:ScheduleKeyDeletion',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:UpdateAlias',
        'kms:UpdateKeyDescription',
      ],
      Resource: arns(scope, 'kms', 'key/*'),
      Condition: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
    {
      Sid: 'NameKeys',
      Effect: 'Allow',
      Action: ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'],
      Resource: arns(scope, 'kms', `alias/${prefix}`, `alias/${prefix}-*`),
    },
    {
      Sid: 'KeepSecrets',
      Effect: 'Allow',
      Action: [
        'secretsmanager:CancelRotateSecret',
        'secretsmanager:CreateSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:PutResourcePolicy',
        'secretsmanager:PutSecretValue',
        'secretsmanager:RotateSecret',
        'secretsmanager:*Tag*Resource',
        'secretsmanager:Update*',
      ],
      // RDS makes the secrets that it manages in the name of who asked for them.
      Resource: arns(scope, 'secretsmanager', `secret:${prefix}-*`, 'secret:rds!*'),
      Condition: { StringEquals: regions },
    },
    {
      Sid: 'KeepBackups',
      Effect: 'Allow',
      Action: ['backup:Create*', 'backup:Delete*', 'backup:Put*', 'backup:*TagResource', 'backup:Update*'],
      Resource: arns(scope, 'backup', `backup-vault:${prefix}*`, 'backup-plan:*'),
      Condition: { StringEquals: regions },
    },
    {
      Sid: 'EncryptBackups',
      Effect: 'Allow',
      Action: 'backup-storage:MountCapsule',
      Resource: '*',
      Condition: { StringEquals: regions },
    },
  ];
}

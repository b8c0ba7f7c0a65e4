import { arns, inRegions, ofStack, type PipelineScope, taggedForStack } from './pipeline-scope.ts';
import { type PolicyStatement, policyStatements } from './policy-statement.ts';

/** Keys by the tag `Stack`; secrets and backups by name. */
export function keyStatements(scope: PipelineScope): PolicyStatement[] {
  const { prefix } = scope;
  const regions = inRegions(scope);
  return policyStatements({
    MakeKeys: {
      may: { kms: ['CreateKey', 'TagResource'] },
      on: '*',
      when: { StringEquals: { ...regions, ...taggedForStack(scope) } },
    },
    KeepKeys: {
      may: {
        kms: [
          'CancelKeyDeletion',
          'CreateAlias',
          'CreateGrant',
          'Decrypt',
          'DeleteAlias',
          'EnableKey*',
          'GenerateDataKey*',
          'PutKeyPolicy',
          'RevokeGrant',
          'ScheduleKeyDeletion',
          'TagResource',
          'UntagResource',
          'UpdateAlias',
          'UpdateKeyDescription',
        ],
      },
      on: arns(scope, 'kms', 'key/*'),
      when: { StringEquals: { ...regions, ...ofStack(scope) } },
    },
    NameKeys: {
      may: { kms: ['CreateAlias', 'DeleteAlias', 'UpdateAlias'] },
      on: arns(scope, 'kms', `alias/${prefix}`, `alias/${prefix}-*`),
    },
    KeepSecrets: {
      may: {
        secretsmanager: [
          'CancelRotateSecret',
          'CreateSecret',
          'DeleteSecret',
          'PutResourcePolicy',
          'PutSecretValue',
          'RotateSecret',
          '*Tag*Resource',
          'Update*',
        ],
      },
      // RDS makes the secrets that it manages in the name of who asked for them.
      on: arns(scope, 'secretsmanager', `secret:${prefix}-*`, 'secret:rds!*'),
      when: { StringEquals: regions },
    },
    KeepBackups: {
      may: { backup: ['Create*', 'Delete*', 'Put*', '*TagResource', 'Update*'] },
      on: arns(scope, 'backup', `backup-vault:${prefix}*`, 'backup-plan:*'),
      when: { StringEquals: regions },
    },
    EncryptBackups: {
      may: { 'backup-storage': 'MountCapsule' },
      on: '*',
      when: { StringEquals: regions },
    },
  });
}

import { arns, type Grants, inRegions, ofStack, taggedForStack } from './grants.ts';

/** Keys by the tag `Stack`; secrets and backups by name. */
export const keyGrants: Grants = {
  MakeKeys: {
    may: { kms: 'CreateKey TagResource' },
    on: '*',
    when: { StringEquals: { ...inRegions, ...taggedForStack } },
  },
  KeepKeys: {
    may: {
      kms: `CancelKeyDeletion CreateAlias CreateGrant Decrypt DeleteAlias EnableKey* GenerateDataKey* PutKeyPolicy
        RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`,
    },
    on: arns('kms', 'key/*'),
    when: { StringEquals: { ...inRegions, ...ofStack } },
  },
  NameKeys: {
    may: { kms: 'CreateAlias DeleteAlias UpdateAlias' },
    on: arns('kms', 'alias/{prefix}', 'alias/{prefix}-*'),
  },
  KeepSecrets: {
    may: {
      secretsmanager: `CancelRotateSecret CreateSecret DeleteSecret PutResourcePolicy PutSecretValue RotateSecret
        *Tag*Resource Update*`,
    },
    // RDS creates the secrets that it manages in the name of the caller.
    on: arns('secretsmanager', 'secret:{prefix}-*', 'secret:rds!*'),
    when: { StringEquals: inRegions },
  },
  KeepBackups: {
    may: { backup: 'Create* Delete* Put* *TagResource Update*' },
    on: arns('backup', 'backup-vault:{prefix}*', 'backup-plan:*'),
    when: { StringEquals: inRegions },
  },
  EncryptBackups: {
    may: { 'backup-storage': 'MountCapsule' },
    on: '*',
    when: { StringEquals: inRegions },
  },
};

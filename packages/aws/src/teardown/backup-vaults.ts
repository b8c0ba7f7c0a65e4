import {
  BackupClient,
  paginateListBackupVaults,
  paginateListRecoveryPointsByBackupVault,
} from '@aws-sdk/client-backup';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned } from './remnant.ts';

/** Backup vaults of the stack with their recovery points. An empty vault is free. */
export const backupVaults: Finder = async (scope) => {
  const client = new BackupClient({ region: scope.region });
  const vaults = await allOf(paginateListBackupVaults({ client }, {}), (page) => page.BackupVaultList);
  const owned = vaults.filter(({ BackupVaultName }) => isOwned(scope, BackupVaultName));
  return Promise.all(
    owned.map(async ({ BackupVaultName: id = '', NumberOfRecoveryPoints = 0, Locked }) => {
      const points =
        NumberOfRecoveryPoints === 0
          ? []
          : await allOf(
              paginateListRecoveryPointsByBackupVault({ client }, { BackupVaultName: id }),
              (page) => page.RecoveryPoints,
            );
      const sizes = points.map(({ BackupSizeInBytes }) => BackupSizeInBytes);
      const bytes = sizes.reduce(
        (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
        0,
      );
      return {
        kind: 'backup vault',
        id,
        detail: `${NumberOfRecoveryPoints} recovery points${Locked === true ? ', locked' : ''}`,
        charged: NumberOfRecoveryPoints > 0,
        monthlyUsd: monthlyPrice(scope, 'backup.storage', bytes && bytes / 2 ** 30),
        removal: `backup delete-backup-vault --backup-vault-name ${id}`,
      };
    }),
  );
};

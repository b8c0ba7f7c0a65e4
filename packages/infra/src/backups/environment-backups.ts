import type { Construct } from 'constructs';
import type { Database } from '../database/database.ts';
import { otherRegion } from '../other-region.ts';
import { BackupVault, type BackupVaultProps } from './backup-vault.ts';
import type { BackupSettings } from './backup-settings.ts';
import { Backups } from './backups.ts';

export interface EnvironmentBackupsProps extends Omit<BackupVaultProps, 'lock'> {
  readonly database: Database;
  readonly settings: BackupSettings;
}

/** The backups of an environment, with the vault for copies in another region when there is one. */
export function environmentBackups(
  scope: Construct,
  id: string,
  { settings, ...props }: EnvironmentBackupsProps,
): Backups {
  const { copyToRegion, ...own } = settings;
  const { name, forceDestroy } = props;
  const copies = copyToRegion === undefined ? undefined : otherRegion(scope, copyToRegion, name);
  const copyTo =
    copies &&
    new BackupVault(copies.place, 'backups', {
      name,
      encryption: copies.encryption,
      lock: settings.lock,
      forceDestroy,
    });
  return new Backups(scope, id, { ...own, ...props, copyTo });
}

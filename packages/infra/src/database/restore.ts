import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { RestoreSettings } from './database-settings.ts';

/** What is wrong with where a database comes from. */
export function restoreFaults(restore: RestoreSettings | undefined): (string | false)[] {
  if (restore === undefined) return [];
  const { snapshotIdentifier, sourceIdentifier, sourceBackupsArn, time } = restore;
  const sources = [snapshotIdentifier, sourceIdentifier, sourceBackupsArn].filter(
    (source) => source !== undefined,
  );
  return [
    sources.length !== 1 &&
      `restore names ${sources.length} sources; one of snapshotIdentifier, sourceIdentifier and sourceBackupsArn is needed`,
    snapshotIdentifier !== undefined &&
      time !== undefined &&
      'restore.time is for automated backups: a snapshot has one time of its own',
  ];
}

/** The attributes by which RDS restores in place of creating. */
export function restoreConfig(restore: RestoreSettings): Partial<DbInstanceConfig> {
  const { snapshotIdentifier, sourceIdentifier, sourceBackupsArn, time } = restore;
  if (snapshotIdentifier !== undefined) return { snapshotIdentifier };
  return {
    restoreToPointInTime: {
      sourceDbInstanceIdentifier: sourceIdentifier,
      sourceDbInstanceAutomatedBackupsArn: sourceBackupsArn,
      restoreTime: time,
      useLatestRestorableTime: time === undefined ? true : undefined,
    },
  };
}

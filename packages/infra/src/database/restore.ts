import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';

/** What a database is made from: one snapshot, or the automated backups of one instance. */
export interface RestoreProps {
  /** Name or ARN of a snapshot. */
  readonly snapshotIdentifier?: string;
  /** Instance of this region and account, to be restored to a point in time. */
  readonly sourceIdentifier?: string;
  /** ARN of automated backups that outlived their instance or came from another region. */
  readonly sourceBackupsArn?: string;
  /** Point in time, in UTC: `2026-11-22T10:00:00Z`. Default: the latest that there is. Not for a snapshot. */
  readonly time?: string;
}

/** What is wrong with where a database comes from. */
export function restoreFaults(restore: RestoreProps | undefined): (string | false)[] {
  if (restore === undefined) return [];
  const { snapshotIdentifier, sourceIdentifier, sourceBackupsArn, time } = restore;
  const sources = [snapshotIdentifier, sourceIdentifier, sourceBackupsArn].filter(
    (source) => source !== undefined,
  );
  return [
    sources.length !== 1 &&
      `restore names ${sources.length} sources; one of snapshotIdentifier, sourceIdentifier and sourceBackupsArn is needed`,
    sources.includes('') && 'restore has a source without a name',
    snapshotIdentifier !== undefined &&
      time !== undefined &&
      'restore.time is for automated backups: a snapshot has one time of its own',
    time !== undefined &&
      !(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) && !Number.isNaN(Date.parse(time))) &&
      `restore.time "${time}" is not a time in UTC such as 2026-11-22T10:00:00Z`,
  ];
}

/** The attributes by which RDS restores in place of creating. */
export function restoreConfig(restore: RestoreProps): Partial<DbInstanceConfig> {
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

import { UserError } from '@ecommerce-dms/errors';
import { type TakenSnapshot, takeSnapshot } from '@ecommerce-dms/aws/snapshot';
import { databasesOfStack, timeInName } from '../aws/databases-of-stack.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import { synthesizeStack } from './synth.ts';

export interface BackupResult {
  snapshots: (TakenSnapshot & { database: string })[];
}

/**
 * Takes a snapshot of each database of the environment, and waits until it can be restored from.
 *
 * @throws UserError `no-local-backup`, and those of `takeSnapshot`
 */
export async function backUpEnvironment(context: StageContext): Promise<StageOutcome<BackupResult>> {
  const { environment, signal, progress } = context;
  const { name, settings } = environment;
  if (settings.target === 'local') {
    throw new UserError('no-local-backup', `'dms backup' takes RDS snapshots, and '${name}' is local.`, {
      hint: 'A local environment has a hot standby and no backup: its data can be generated again.',
      exitCode: 2,
    });
  }
  const { json } = await synthesizeStack(context);
  const time = timeInName(new Date());
  const snapshots: BackupResult['snapshots'] = [];
  for (const database of databasesOfStack(json)) {
    const { identifier } = database;
    const taken = await takeSnapshot({
      region: settings.aws.region,
      database,
      snapshot: `${identifier}-${time}`,
      // Without it nobody would know it for the stack's when the stack is gone.
      tags: { Stack: `shop-${name}`, Environment: name },
      signal,
      onProgress: progress,
    });
    snapshots.push({ ...taken, database: identifier });
  }
  return {
    summary: snapshots.map(({ identifier, sizeGib }) => `${identifier} (${sizeGib} GiB)`).join(', '),
    result: { snapshots },
  };
}

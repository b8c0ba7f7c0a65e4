import { isUserError, UserError, withHint } from '@ecommerce-dms/errors';
import { migratorCommand } from '../migrator-command.ts';
import type { Fault } from '../refuse-faults.ts';
import { sqlState } from '../sql-state.ts';
import { BackfillStopped } from './run-batches.ts';

/**
 * The failure of a backfill: what failed, what stays, and how to go on. What neither PostgreSQL nor the user caused comes
 * back as it is.
 */
export function backfillError(name: string, error: unknown): unknown {
  const goOn = `Run it again, and it goes on where it stopped: ${migratorCommand('backfill', name)}.`;
  const stays = 'The batches before stay.';
  if (error instanceof BackfillStopped) {
    const { pass, rowsSeen, rowsChanged } = error.progress;
    return new UserError(
      'backfill-interrupted',
      `Backfill ${name} was interrupted after a batch, in pass ${pass} after ${rowsSeen} rows; ${rowsChanged} were changed, and stay.`,
      { hint: goOn, cause: error },
    );
  }
  if (isUserError(error)) {
    return error.code === 'backfill-failed' && error.hint === undefined ? withHint(error, goOn) : error;
  }
  const code = sqlState(error);
  if (code === undefined || !(error instanceof Error)) return error;
  // undefined_table, undefined_column
  const isMissing = code === '42P01' || code === '42703';
  return new UserError(
    'backfill-failed',
    `Backfill ${name} failed: ${error.message} (SQLSTATE ${code}). ${stays}`,
    {
      hint: isMissing
        ? `Apply the migration that adds it: ${migratorCommand('up')}; or correct the file.`
        : `Fix the cause in the database. ${goOn}`,
      cause: error,
    },
  );
}

/** @throws UserError `backfill-refused`: names every fault; nothing is thrown when there are none. */
export function refuseBackfills(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = faults.map(({ name, problem }) => `- ${name}: ${problem}`);
  throw new UserError('backfill-refused', `No backfill was run:\n${lines.join('\n')}`, {
    hint: `Correct the files. ${migratorCommand('backfill', '--list')} shows the state of every backfill.`,
  });
}

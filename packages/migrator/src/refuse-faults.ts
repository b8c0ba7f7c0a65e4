import { UserError } from '@ecommerce-dms/errors';
import type { Direction } from './collect-queries.ts';
import { migratorCommand } from './migrator-command.ts';
import type { MigrationStatus } from './migration-status.ts';

/** A reason not to begin a run: which migration, what is wrong, what to do. */
export interface Fault {
  name: string;
  problem: string;
}

/** The faults that forbid a run in `direction`. */
export function faultsOf(
  statuses: readonly MigrationStatus[],
  direction: Direction,
  allowOutOfOrder: boolean,
): Fault[] {
  return statuses.flatMap((status) => {
    const problem = problemOf(status, direction, allowOutOfOrder);
    return problem === undefined ? [] : [{ name: status.name, problem }];
  });
}

function problemOf(
  { name, state, progress, squash }: MigrationStatus,
  direction: Direction,
  allowOutOfOrder: boolean,
): string | undefined {
  if (state === 'missing') {
    return `is in the ledger and not in the code, which has later ones. Restore its file; or, if its changes are to stay without it: ${migratorCommand('repair', '--forget', name)}.`;
  }
  if (state === 'future') {
    return direction === 'up'
      ? undefined
      : 'is in the ledger and later than all of this code. Revert it with the release that has it.';
  }
  if (state === 'changed' && progress) {
    return `changed after ${progress.doneStatements} of its statements had run (${progress.direction}). Restore it; or undo those by hand, then: ${migratorCommand('repair', '--forget', name)}; or do the others by hand, then: ${migratorCommand('repair', '--mark-applied', name)}.`;
  }
  if (state === 'changed') {
    return `changed after it was applied. Restore it, and put the change into a new migration; or, if the database is right: ${migratorCommand('repair', '--accept', name)}.`;
  }
  if (state === 'out-of-order' && direction === 'up' && !allowOutOfOrder) {
    return `sorts before a migration that is applied. Rename it to sort last, or allow it: ${migratorCommand('up', '--allow-out-of-order')}.`;
  }
  if (squash?.action === 'wait' && squash.absent.length > 0 && direction === 'up') {
    return `replaces migrations of which some are applied, and ${squash.absent.join(', ')} neither applied nor in the code. With the release that has them, run first: ${migratorCommand('up')}.`;
  }
  if (squash !== undefined && squash.action !== 'run' && direction === 'down') {
    return `takes the place of applied migrations, and is not recorded yet. Record it first: ${migratorCommand('up')}.`;
  }
  if (progress && progress.direction !== direction) {
    const state = progress.direction === 'up' ? 'applied' : 'reverted';
    return `is partly ${state}: statements done: ${progress.doneStatements}. Finish that first: ${migratorCommand(progress.direction)}.`;
  }
  return undefined;
}

/**
 * @param outcome what the message begins with
 * @throws UserError `migrations-refused`: names every fault; nothing is thrown when there are none.
 */
export function refuse(faults: readonly Fault[], outcome = 'No migration was run'): void {
  if (faults.length === 0) return;
  const lines = faults.map(({ name, problem }) => `- ${name}: ${problem}`);
  throw new UserError('migrations-refused', `${outcome}:\n${lines.join('\n')}`, {
    hint: `${migratorCommand('info')} shows the state of every migration.`,
  });
}

import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { Direction } from './collect-queries.ts';
import { isConnectionFailure } from './connection-error.ts';
import { excerpt } from './excerpt.ts';
import { migratorCommand } from './migrator-command.ts';
import { describeBlocker, seconds } from './locks/blockers.ts';
import { LockWaitEnded } from './locks/lock-failure.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { PostconditionFault } from './postconditions/postcondition.ts';
import { sqlState } from './sql-state.ts';

/** About a statement that commits by itself and has not ended. */
export const unknownProgress = 'It commits by itself, so it is not known how far it got.';

/**
 * The failure of a migration: what failed and where, what state the database is in now, and how to continue. An error
 * that PostgreSQL did not cause comes back as it is.
 *
 * @param index of the statement, from 0; the number of statements for the commit
 * @param signal of the run: once aborted, the failure is the abort's
 */
export function statementError(
  plan: MigrationPlan,
  index: number,
  error: unknown,
  signal: AbortSignal | undefined,
): unknown {
  const { name, direction, statements, nonTransactionalReason } = plan;
  const statement = statements[index];
  const migration = `Migration ${name} (${direction})`;
  const where =
    plan.fingerprint === null
      ? 'in a query that it runs itself, or at the commit'
      : statement === undefined
        ? `at the commit, after ${statements.length} statements`
        : `at statement ${index + 1} of ${statements.length}: ${excerpt(statement.sql, statement.secret)}`;
  const goOn = statement?.commitsItself
    ? unfinishedRemedy(direction)
    : `Run it again: ${migratorCommand(direction)}.${nonTransactionalReason === undefined ? '' : ' It resumes at this statement.'}`;
  if (signal?.aborted === true) {
    const message = `${migration} was interrupted ${where}\n${stateAfter(plan, index)}`;
    return new UserError('migration-interrupted', message, { hint: goOn, cause: error });
  }
  if (isUserError(error) && error.code === 'ledger-unwritable') {
    const message = `${migration} could not be recorded. ${error.message}\n${stateAfter(plan, index)}`;
    return new UserError('ledger-unwritable', message, { hint: `${error.hint} ${goOn}`, cause: error });
  }
  if (isUserError(error) && error.code === 'migration-lock-lost') {
    const message = `${migration} failed ${where}\n${error.message}\n${stateAfter(plan, index)}`;
    return new UserError('migration-lock-lost', message, { hint: `${error.hint} ${goOn}`, cause: error });
  }
  if (isUserError(error) && error.code === 'migration-unfinished') return error;
  if (error instanceof LockWaitEnded) {
    const blockers = error.blockers.map((blocker) => `\n- ${describeBlocker(blocker)}`).join('');
    return new UserError(
      'migration-blocked',
      `${migration} has waited ${seconds(error.waitedMs)} for locks ${where}\nBlocked by:${blockers || ' short transactions, others each time'}\n${stateAfter(plan, index)}`,
      {
        hint: `${blockedRemedy(error, direction)} ${goOn}`,
        cause: error.cause,
      },
    );
  }
  if (error instanceof PostconditionFault) {
    return new UserError(
      'migration-failed',
      `${migration} failed ${where}\nThe statement itself succeeded, but ${error.message}\n${stateAfter(plan, index)}`,
      { hint: `${error.remedy} ${goOn}`, cause: error },
    );
  }
  const isLost = isConnectionFailure(error);
  const code = sqlState(error);
  if (code === undefined && !isLost) return error;
  const state =
    statement === undefined && isLost
      ? `The connection was lost at the commit: ${migratorCommand('info')} shows whether the commit took place.`
      : stateAfter(plan, index);
  return new UserError('migration-failed', `${migration} failed ${where}\n${describe(error)}\n${state}`, {
    hint: isLost
      ? `${sessionLost} ${goOn}`
      : `${remedyFor(code, plan, statement?.commitsItself === true)} ${goOn}`,
    cause: error,
  });
}

const sessionLost =
  'The session was lost, and the migration is not to blame: see that the server and the network work.';

function blockedRemedy({ blockers, sufficientAttemptMs }: LockWaitEnded, direction: Direction): string {
  if (sufficientAttemptMs !== undefined) {
    return `Transactions that each last longer than an attempt to lock leave no gap. Let an attempt outlast them; queries of the table then wait that long: ${migratorCommand(direction, '--ddl-lock-attempt-ms', `${sufficientAttemptMs}`)}.`;
  }
  const pids = blockers.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const end = pids.map((pid) => `select pg_terminate_backend(${pid})`).join('; ');
  return `Wait for what blocks it, ${end === '' ? '' : `end it with \`${end}\`, `}or allow more time: ${migratorCommand(direction, '--ddl-lock-timeout-ms', '3600000')}; 0 waits forever.`;
}

/** What PostgreSQL says, with its hint. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const field = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const code = sqlState(error);
  const position = field('position');
  const details = [code && `SQLSTATE ${code}`, position && `at character ${position}`].filter(Boolean);
  const hint = field('hint');
  return `PostgreSQL: ${error.message}${details.length > 0 ? ` (${details.join(', ')})` : ''}${hint ? `\nPostgreSQL's hint: ${hint}` : ''}`;
}

/** What to do about a statement that commits by itself and has not ended. */
export function unfinishedRemedy(direction: Direction): string {
  return `Look at what it has changed. If it may run again: ${migratorCommand(direction, '--unfinished', 'again')}. If you have completed it by hand: ${migratorCommand(direction, '--unfinished', 'done')}.`;
}

function stateAfter({ nonTransactionalReason, statements, direction }: MigrationPlan, index: number): string {
  if (nonTransactionalReason === undefined) {
    return `Its transaction was rolled back: nothing of this migration was ${direction === 'up' ? 'applied' : 'reverted'}. Earlier migrations of the run stay.`;
  }
  return `It runs outside a transaction (${nonTransactionalReason}): ${index} of its ${statements.length} statements are done, and recorded in the ledger.${statements[index]?.commitsItself ? ` ${unknownProgress}` : ''}`;
}

function remedyFor(
  code: string | undefined,
  { name, direction, nonTransactionalReason }: MigrationPlan,
  isCommitting: boolean,
): string {
  if (code === '55P03' || code === '40P01') {
    return 'Another transaction holds a lock: wait for it to end.';
  }
  if (code === '2D000') {
    return 'A block or procedure that commits by itself needs a migration whose isTransactional() returns false.';
  }
  // What the ledger does not know of can have made it: a restore of another ledger, a hand.
  const isThere = duplicates.has(code ?? '') && direction === 'up';
  const markApplied = isThere
    ? ` If the database has all changes of this migration already: ${migratorCommand('repair', '--mark-applied', name)}.`
    : '';
  if (nonTransactionalReason === undefined) return `Correct the migration.${markApplied}`;
  if (isCommitting) return 'Fix the cause in the database.';
  return `Fix the cause in the database. If the statement itself is wrong, correct the migration and undo by hand what is done, then: ${migratorCommand('repair', '--forget', name)}.${markApplied}`;
}

/** Of a relation, a column, another object, a schema, a function. */
const duplicates = new Set(['42P07', '42701', '42710', '42P06', '42723']);

import { isUserError, UserError } from '@ecommerce-dms/errors';
import { isConnectionFailure } from './connection-error.ts';
import { excerpt } from './excerpt.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { sqlState } from './sql-state.ts';

/**
 * What failed, where, in which state the database is now, and how to go on.
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
  const aborted = signal?.aborted === true;
  const code = sqlState(error);
  const lockLost = isUserError(error) && error.code === 'migration-lock-lost';
  if (!aborted && !lockLost && code === undefined && !isConnectionFailure(error)) return error;
  const statement = plan.statements[index];
  const where = statement
    ? `at statement ${index + 1} of ${plan.statements.length}: ${excerpt(statement.sql, statement.secret)}`
    : `at the commit, after ${plan.statements.length} statements`;
  const lines = [
    `Migration ${plan.name} (${plan.direction}) ${aborted ? 'was interrupted' : 'failed'} ${where}`,
    ...(aborted ? [] : [lockLost ? error.message : describe(error)]),
    // The server can have committed before the connection broke.
    statement === undefined && !aborted && isConnectionFailure(error)
      ? 'The connection was lost at the commit: info() tells whether it took place.'
      : state(plan, index),
  ];
  const remedy = aborted ? '' : lockLost ? `${error.hint} ` : remedyOf(plan, code);
  const resumes = plan.nonTransactionalReason === undefined ? '' : ' It goes on at this statement.';
  return new UserError(
    aborted ? 'migration-interrupted' : lockLost ? 'migration-lock-lost' : 'migration-failed',
    lines.join('\n'),
    { hint: `${remedy}Run \`${plan.direction}\` again.${resumes}`, cause: error },
  );
}

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

function state({ nonTransactionalReason, statements, direction }: MigrationPlan, index: number): string {
  if (nonTransactionalReason === undefined) {
    return `Its transaction was rolled back: nothing of this migration was ${direction === 'up' ? 'applied' : 'reverted'}. Earlier migrations of the run stay.`;
  }
  return `It runs outside a transaction (${nonTransactionalReason}): ${index} of its ${statements.length} statements are done, and recorded in the ledger.`;
}

function remedyOf({ nonTransactionalReason }: MigrationPlan, code: string | undefined): string {
  if (code === '55P03') {
    return 'Another transaction keeps a lock: wait for its end, or raise ddlLockTimeoutMs or ddlLockRetries. ';
  }
  if (nonTransactionalReason === undefined) return 'Correct the migration. ';
  return 'Fix the cause in the database; if the statement itself is wrong, undo by hand what is done, forget the migration with unlogMigration(), and correct it. ';
}

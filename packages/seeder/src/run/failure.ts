import { isUserError, redactUrl, UserError } from '@ecommerce-dms/errors';
import { explainError, isConnectionLost, isServerError, messageOf, sentencesOf } from '../connection.ts';
import { restore } from './restore.ts';

const serverGone = new Set<string>(['connection-lost', 'database-unreachable']);

/**
 * Undoes the run on a new session: the old one may be lost, or in a failed transaction.
 *
 * @throws UserError `restore-failed`; `failed-after-load` if there is nothing to undo because the run had ended already
 */
export async function putBack(url: string, cause: unknown): Promise<void> {
  const failure = isConnectionLost(cause) ? 'The connection to the server was lost.' : sentencesOf(cause);
  let undone: string | undefined;
  try {
    undone = await restore({ url });
  } catch (error) {
    const isServerGone = !isUserError(error) || serverGone.has(error.code);
    throw new UserError(
      'restore-failed',
      `${failure} The tables' constraints could not be put back: ${messageOf(error)}`,
      {
        hint: isServerGone
          ? `Seed ${redactUrl(url)} again, or call restore(), when the server answers: both put them back.`
          : error.hint,
        cause,
      },
    );
  }
  if (undone === undefined) {
    const message = `${failure} The load was complete by then: the rows are there.`;
    throw new UserError('failed-after-load', message, { cause });
  }
}

/** What the caller gets: failures of the server as UserErrors, and what the plan itself throws as it is. */
export function explain(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) {
    return new UserError('interrupted', 'The load was interrupted; the database is as it was before.', {
      hint: 'Run the same command again to start over.',
      cause: error,
    });
  }
  const explained = explainError(error);
  if (isUserError(explained) || !isServerError(error)) return explained;
  return new UserError(
    'load-failed',
    `The load failed: ${messageOf(error)}. The database is as it was before.`,
    {
      hint: 'Fix what the server reports, then run the same command again.',
      cause: error,
    },
  );
}

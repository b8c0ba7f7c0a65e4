import { readFile } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';

/** The last lines of a server's log, from a position on. */
export async function logTail(path: string, from = 0): Promise<string> {
  const log = (await readFile(path)).subarray(from).toString().trim();
  return log.split('\n').slice(-12).join('\n');
}

/** Whether what a program printed says that the disk is full. */
export function isDiskFull(text: string): boolean {
  return text.includes('No space left on device');
}

export function diskFull(path: string, cause?: unknown): UserError {
  return new UserError('disk-full', `No space is left on the disk of ${path}.`, {
    hint: 'Make room, then run the same again: what was done is kept.',
    cause,
  });
}

/** Whether a session ended because its server did, or could not begin because none answers. */
export function isLostSession(error: unknown): error is Error {
  const isLost =
    /Connection terminated|terminating connection|database system is|ECONNREFUSED|ECONNRESET|timeout expired/;
  return error instanceof Error && !(error instanceof UserError) && isLost.test(error.message);
}

/** What ended a session, if the server did: the reason in its log; otherwise the error as it is. */
export async function explainLostSession(cause: unknown, log: string): Promise<unknown> {
  if (!isLostSession(cause)) return cause;
  const tail = await logTail(log);
  if (isDiskFull(tail)) return diskFull(log, cause);
  return new UserError('server-lost', `PostgreSQL ended, or does not answer. Its log ends with:\n${tail}`, {
    hint: `Run the same again. The whole log: ${log}`,
    cause,
  });
}

import { redactSecrets } from './redact-secrets.ts';
import { redactUrl } from './redact-url.ts';
import { UserError } from './user-error.ts';

/**
 * The error `database-unreachable`: no connection to `url` could be opened. Its message has the URL without the password.
 *
 * @param url a URL that `checkDatabaseUrl` accepts
 * @param cause what the driver threw
 */
export function connectionError(url: string, cause: unknown): UserError {
  const reason = redactSecrets(reasonOf(cause), [url]);
  return new UserError('database-unreachable', `Cannot connect to ${redactUrl(url)}: ${reason}.`, {
    hint: 'Check that the server runs, and the host, port, database, user and password of the URL.',
    cause,
  });
}

function reasonOf(error: unknown): string {
  // A refused connection to a name with several addresses is an AggregateError without a message.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  return (error.message || String(Reflect.get(error, 'code'))).replace(/\.$/, '');
}

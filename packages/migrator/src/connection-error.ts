import { UserError } from '@ecommerce-dms/errors';
import type { ClientConfig } from 'pg';

/** The failure to open a session, with where it went and no password. */
export function connectionError({ host, port, database, user }: ClientConfig, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new UserError(
    'database-unreachable',
    `Could not connect to database ${database} at ${host}:${port} as ${user}: ${reason}`,
    { hint: 'Check that the server runs, and the host, port, database, user and password.', cause },
  );
}

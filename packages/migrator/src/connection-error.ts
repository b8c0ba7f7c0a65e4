import { UserError } from '@ecommerce-dms/errors';
import type { ClientConfig } from 'pg';
import { qualifiedName } from './identifiers.ts';
import { sqlState } from './sql-state.ts';

/** The failure to open a session: names the database, server and user, not the password. */
export function connectionError({ host, port, database, user }: ClientConfig, cause: unknown): UserError {
  // An AggregateError, for a host with several addresses, has no message.
  const reason = cause instanceof Error ? cause.message || String(Reflect.get(cause, 'code')) : String(cause);
  // MikroORM connects to another database first, to create a missing one.
  const missing = sqlState(cause) === '3D000' ? /"(.*)"/.exec(reason)?.[1] : undefined;
  const hint =
    missing === undefined
      ? 'Check that the server runs, and the host, port, database, user and password.'
      : `Create it, \`create database ${qualifiedName([missing])}\`, or correct the name.`;
  return new UserError(
    'database-unreachable',
    `Cannot connect to database ${missing ?? database} at ${host}:${port} as ${user}: ${reason}`,
    { hint, cause },
  );
}

/** Whether the server refused or lost the session, rather than a statement: then a new session may succeed. */
export function isConnectionFailure(error: unknown): boolean {
  const state = sqlState(error);
  // 08 connection, 28 authentication, 3D000 no such database, 53300 too many connections, 57P stop or start.
  if (state !== undefined) return /^(08|28|3D000|53300|57P)/.test(state);
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return (
    (typeof code === 'string' && /^E[A-Z]+$/.test(code)) ||
    /^Connection terminated|not queryable|^timeout/.test(error.message)
  );
}

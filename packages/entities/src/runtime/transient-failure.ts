/**
 * What a failure says about its transaction:
 *
 * - `conflict`: it was rolled back because of another transaction, a lock or a migration;
 * - `unavailable`: it did not begin or could not write: there is no server, or only a standby that is not promoted
 *   yet;
 * - `connection-lost`: it may or may not have been committed.
 */
export type TransientFailure = 'conflict' | 'unavailable' | 'connection-lost';

// SQLSTATEs: https://www.postgresql.org/docs/18/errcodes-appendix.html; the others are Node's.
const failures: Record<string, TransientFailure> = {
  '40001': 'conflict', // serialization_failure
  '40P01': 'conflict', // deadlock_detected
  '55P03': 'conflict', // lock_not_available
  '25006': 'unavailable', // read_only_sql_transaction
  '53300': 'unavailable', // too_many_connections
  '57P03': 'unavailable', // cannot_connect_now
  ECONNREFUSED: 'unavailable',
  '57P01': 'connection-lost', // admin_shutdown
  '57P02': 'connection-lost', // crash_shutdown
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  ETIMEDOUT: 'connection-lost',
};

/** The messages of pg, without a code, when a connection ends without an error of the server. */
const lostConnection = /^Connection terminated|is not queryable$/;

/** The transient failure that an error of the driver is; undefined if it would happen again. */
export function transientFailure(error: unknown): TransientFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (isStalePlan(error)) return 'conflict';
  if (typeof code !== 'string') return lostConnection.test(error.message) ? 'connection-lost' : undefined;
  return failures[code] ?? (code.startsWith('08') && !isUnreadable(error) ? 'connection-lost' : undefined);
}

/**
 * Whether PostgreSQL could not read the message, such as a text with a NUL: it could not the next time either. A pooler
 * has the same code for a connection that it lost, and no routine.
 */
function isUnreadable(error: Error): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === '08P01' && typeof routine === 'string';
}

/**
 * Whether a migration has changed the result type of a prepared statement. The error code alone has many meanings.
 */
export function isStalePlan(error: unknown): boolean {
  return error instanceof Error && error.message.includes('cached plan must not change result type');
}

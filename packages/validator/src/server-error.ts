import { DatabaseError } from 'pg';
import { withoutValues } from './redact.ts';

/** The SQLSTATE of a server's error, else undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** The message of an error as the report shows it: without a value out of a row. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const state = sqlState(error);
  if (state === undefined) return error.message;
  return `${state.startsWith('22') ? withoutValues(error.message) : error.message} (SQLSTATE ${state})`;
}

/** SQLSTATE of a missing privilege, also of a row-level security policy that would hide rows. */
export const insufficientPrivilege = '42501';

/** SQLSTATE of a cancelled query: by a signal, a timeout, or an administrator. */
export const queryCanceled = '57014';

/** A standby cancelled the run because the writer's changes could not wait: take a new snapshot. */
export class RecoveryConflict extends Error {
  override readonly name = 'RecoveryConflict';
}

/**
 * Whether a standby's error is a conflict with recovery: in a read-only REPEATABLE READ transaction nothing else raises
 * these two states. A conflict while a session is idle closes its connection instead.
 */
export function isRecoveryConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error) ?? '');
}

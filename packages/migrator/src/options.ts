import { UserError } from '@ecommerce-dms/errors';
import type { MigrateOptions } from '@mikro-orm/core';
import type { Callbacks } from './files/callback.ts';

/** How a run of migrations behaves. Times are in milliseconds. */
export interface RunOptions {
  /** How long to wait for another run to end, in ms. Default 60,000; 0 tries once. */
  lockTimeoutMs?: number;
  /**
   * PostgreSQL's `lock_timeout` for the statements of a migration, in ms. Default 2,000; 0 waits forever.
   * A statement that waits for a table's lock makes all later queries of that table wait behind it.
   */
  ddlLockTimeoutMs?: number;
  /** How often a migration (or a single statement outside a transaction) is tried again after a lock timeout. Default 10. */
  ddlLockRetries?: number;
  /** PostgreSQL's `statement_timeout` for the statements of a migration, in ms. Default 0: none. */
  statementTimeoutMs?: number;
  /** Stops the run: the running statement is cancelled, its transaction rolled back. */
  signal?: AbortSignal;
  /** Functions that are called in the run; SQL files in `callbacks/` run before them. */
  callbacks?: Callbacks;
}

/** Options of `up`: MikroORM's own, except `transaction`, which is refused, and {@link RunOptions}. */
export interface UpOptions extends MigrateOptions, RunOptions {
  /** Apply pending migrations whose names sort before an applied one. Default false: refuse them. */
  allowOutOfOrder?: boolean;
  /**
   * Refuse to run when the files differ from `migrations.sum`. By default so when that file exists; true also refuses
   * when it does not.
   */
  checkSum?: boolean;
}

/** Options of `down`: MikroORM's own, except `transaction`, which is refused, and {@link RunOptions}. */
export interface DownOptions extends Omit<MigrateOptions, 'from'>, RunOptions {}

/** {@link RunOptions} with the defaults filled in. */
export type RunSettings = Required<Omit<RunOptions, 'signal' | 'callbacks'>> & Pick<RunOptions, 'signal'>;

/**
 * Fills in the defaults.
 *
 * @throws UserError `invalid-settings`: names every option that is not a whole number from 0 to 2147483647, and `transaction`
 */
export function runSettings(options: UpOptions): RunSettings {
  const {
    lockTimeoutMs = 60_000,
    ddlLockTimeoutMs = 2000,
    ddlLockRetries = 10,
    statementTimeoutMs = 0,
    signal,
  } = options;
  const limits = { lockTimeoutMs, ddlLockTimeoutMs, ddlLockRetries, statementTimeoutMs };
  const faults = Object.entries(limits)
    // PostgreSQL's own upper bound for its timeouts.
    .filter(([, value]) => !Number.isInteger(value) || value < 0 || value > 2_147_483_647)
    .map(([name, value]) => `${name} is ${value}: it must be a whole number from 0 to 2147483647`);
  if (options.transaction !== undefined) {
    faults.push('transaction cannot be given: each migration runs in a transaction and a session of its own');
  }
  if (faults.length > 0) {
    throw new UserError('invalid-settings', `Wrong options for the migrator:\n- ${faults.join('\n- ')}`);
  }
  return { ...limits, signal };
}

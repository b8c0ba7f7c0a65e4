import { UserError } from '@ecommerce-dms/errors';
import type { MigrateOptions } from '@mikro-orm/core';
import type { Callbacks } from './files/callback.ts';
import type { LockWait } from './locks/lock-wait.ts';

/** How a run of migrations behaves. Times are in milliseconds. */
export interface RunOptions {
  /** How long to wait for another run to end, in ms. Default 60,000; 0 tries once. */
  lockTimeoutMs?: number;
  /**
   * How long a migration (or a statement outside a transaction) waits in all for the locks of its tables, in ms; then
   * it gives up. Default 600,000; 0 waits forever. Nothing is locked meanwhile, except during short attempts.
   */
  ddlLockTimeoutMs?: number;
  /**
   * How long one attempt to take locks lasts at most, in ms: queries of the tables wait behind it. Default 100; at most
   * half of the server's `deadlock_timeout`.
   */
  ddlLockAttemptMs?: number;
  /** Called while a migration waits for locks: after one second, and every 10 s then. Default: a warning in the ORM's log. */
  onLockWait?: (wait: LockWait) => void;
  /**
   * What to do with a `CALL` or `DO` that commits by itself and that an earlier run has begun but not ended: run it
   * `again`, or take it as `done`. Default: refuse, because it is not known how far it got.
   */
  unfinished?: 'again' | 'done';
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
  /**
   * Run the backfills that pending migrations require, each before its migration, however long that takes. Default: only
   * in a database whose ledger is empty; else a migration that requires an unfinished one is refused.
   */
  runBackfills?: boolean;
}

/** Options of `down`: MikroORM's own, except `transaction`, which is refused, and {@link RunOptions}. */
export interface DownOptions extends Omit<MigrateOptions, 'from'>, RunOptions {}

/** {@link RunOptions} with the defaults filled in. */
export type RunSettings = Required<Omit<RunOptions, OptionalSetting | 'callbacks'>> &
  Pick<RunOptions, OptionalSetting>;

type OptionalSetting = 'signal' | 'onLockWait' | 'unfinished';

/**
 * Fills in the defaults.
 *
 * @throws UserError `invalid-settings`: names every option that is wrong, and `transaction`
 */
export function runSettings(options: UpOptions): RunSettings {
  const {
    lockTimeoutMs = 60_000,
    ddlLockTimeoutMs = 600_000,
    ddlLockAttemptMs = 100,
    statementTimeoutMs = 0,
    signal,
    onLockWait,
    unfinished,
  } = options;
  const limits = { lockTimeoutMs, ddlLockTimeoutMs, ddlLockAttemptMs, statementTimeoutMs };
  const faults = Object.entries(limits)
    // PostgreSQL's own upper bound for its timeouts.
    .filter(([, value]) => !Number.isInteger(value) || value < 0 || value > 2_147_483_647)
    .map(([name, value]) => `${name} is ${value}: it must be a whole number from 0 to 2147483647`);
  if (ddlLockAttemptMs === 0) faults.push('ddlLockAttemptMs is 0: an attempt needs at least 1 ms');
  if (unfinished !== undefined && unfinished !== 'again' && unfinished !== 'done') {
    faults.push(`unfinished is ${String(unfinished)}: it must be 'again' or 'done'`);
  }
  if (options.transaction !== undefined) {
    faults.push('transaction cannot be given: each migration runs in a transaction and a session of its own');
  }
  if (faults.length > 0) {
    throw new UserError('invalid-settings', `Wrong options for the migrator:\n- ${faults.join('\n- ')}`);
  }
  return { ...limits, signal, onLockWait, unfinished };
}

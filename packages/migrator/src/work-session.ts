import { setTimeout as delay } from 'node:timers/promises';
import { isUserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import { pollAdvisoryLock } from './advisory-lock.ts';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import { qualifiedName } from './identifiers.ts';
import type { Queryable } from './ledger.ts';
import { type Blocker, blockersOf } from './locks/blockers.ts';
import type { RunSettings } from './options.ts';
import type { RunLock } from './run-lock.ts';
import { sqlState } from './sql-state.ts';

/** What the migrations of a run share. */
export interface Run {
  lock: RunLock;
  settings: RunSettings;
  /** The schema that `up({ schema })` or `migrations.schema` names, for the search path. */
  schema: string | undefined;
}

/** The session that executes the statements of one migration. */
export class WorkSession implements Queryable {
  /** Runs a query of the migrator's own; an abort does not cancel it. */
  readonly query: Queryable['query'];
  /** How long one attempt to take locks lasts, in ms: always less than `deadlock_timeout`, so that it ends nobody's transaction. */
  readonly lockAttemptMs: number;
  readonly deadlockTimeoutMs: number;
  readonly #run: Run;
  readonly #server: ServerFacts;
  #blockers: readonly Blocker[] = [];

  constructor(run: Run, query: Queryable['query'], server: ServerFacts) {
    this.query = query;
    this.#run = run;
    this.#server = server;
    this.lockAttemptMs = server.lockAttemptMs;
    this.deadlockTimeoutMs = server.deadlockTimeoutMs;
  }

  /** Who the last statement was seen waiting for. */
  get blockers(): readonly Blocker[] {
    return this.#blockers;
  }

  get isAborted(): boolean {
    return this.#run.settings.signal?.aborted === true;
  }

  /** Whether the migration has set a `lock_timeout` of its own, in place of that of an attempt. */
  async hasOwnLockTimeout(): Promise<boolean> {
    const [row] = await this.query(`select setting from pg_settings where name = 'lock_timeout'`);
    return Number(row?.['setting']) !== this.lockAttemptMs;
  }

  forgetBlockers(): void {
    this.#blockers = [];
  }

  /** @throws the signal's reason */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#run.settings.signal });
  }

  /**
   * Runs a statement of a migration, unless the lock is lost or the run aborted; an abort cancels it.
   *
   * @param waiting called every second with those that it waits for; without it, who they are is looked up more often
   *   than an attempt lasts, so that a failure can name them
   * @throws UserError `migration-lock-lost`: the lock's session has ended.
   * @throws the signal's reason, or PostgreSQL's error
   */
  async execute(sql: string, waiting?: (blockers: readonly Blocker[]) => void): Promise<void> {
    await this.assertMayContinue();
    await this.#watched(this.#cancelledOnAbort(this.query(sql)), waiting);
  }

  async #watched(statement: Promise<void>, waiting?: (blockers: readonly Blocker[]) => void): Promise<void> {
    const look = async (): Promise<void> => {
      const blockers = await blockersOf(this.#run.lock, this.#server.pid);
      if (blockers.length === 0) return;
      this.#blockers = blockers;
      waiting?.(blockers);
    };
    let looking = Promise.resolve();
    const intervalMs = waiting === undefined ? this.lockAttemptMs / 3 : 1000;
    const timer = setInterval(() => {
      // A failure of the lock's session is reported before the next statement.
      looking = looking.then(look).catch(() => {});
    }, intervalMs);
    try {
      await statement;
    } finally {
      clearInterval(timer);
      await looking;
    }
  }

  /** Runs `work` in a transaction of this session. */
  async transaction(work: () => Promise<void>): Promise<void> {
    await this.query('begin');
    try {
      await work();
      await this.query('commit');
    } catch (error) {
      // The session can be gone; the server has rolled back then.
      await this.query('rollback').catch(() => {});
      throw error;
    }
  }

  /** @throws UserError `migration-lock-lost`, or the signal's reason: no further statement may run. */
  async assertMayContinue(): Promise<void> {
    await this.#run.lock.assertHeld();
    this.#run.settings.signal?.throwIfAborted();
  }

  async #cancelledOnAbort(statement: Promise<unknown>): Promise<void> {
    const { signal } = this.#run.settings;
    let timer: NodeJS.Timeout | undefined;
    let cancelling = Promise.resolve();
    const cancel = (): void => {
      cancelling = this.#run.lock.cancelBackend(this.#server.pid).catch(() => {});
      // The server ignores a cancel before the statement has begun: repeat it until the statement ends.
      timer = setTimeout(cancel, 100);
    };
    signal?.addEventListener('abort', cancel);
    try {
      await statement;
    } finally {
      signal?.removeEventListener('abort', cancel);
      clearTimeout(timer);
      // A cancel that is under way must not hit the next statement.
      await cancelling;
    }
  }
}

/**
 * Opens a session as the ORM would (driver options, `onCreateConnection`), and ends it afterwards, so that a
 * migration's `SET` reaches neither the next migration nor the ORM's pool.
 */
export async function withWorkSession<Result>(
  driver: AbstractSqlDriver,
  run: Run,
  use: (session: WorkSession) => Promise<Result>,
): Promise<Result> {
  const connection = new PostgreSqlConnection(driver.config);
  connection.setMetadata(driver.getMetadata());
  connection.setPlatform(driver.getPlatform());
  try {
    await connection.connect({ skipOnConnect: true });
    return await connection
      .getClient()
      .connection()
      .execute(async (reserved) => {
        const execute: Queryable['query'] = (sql, params) => connection.execute(sql, params, 'all', reserved);
        const server = await prepare(execute, run);
        // A statement of a killed process can outlive it in the server, and holds this lock until it ends.
        const { lockTimeoutMs, signal } = run.settings;
        await pollAdvisoryLock({ query: execute }, run.lock.classId, 'work', lockTimeoutMs, signal);
        return await use(new WorkSession(run, execute, server));
      });
  } catch (error) {
    if (isUserError(error) || !isConnectionFailure(error)) throw error;
    throw connectionError(connection.getConnectionOptions(), error);
  } finally {
    await connection.close(true);
  }
}

/** What the session knows of itself and its server. */
interface ServerFacts {
  /** The process id of the session in the server. */
  pid: number;
  deadlockTimeoutMs: number;
  lockAttemptMs: number;
}

/** Sets what the session needs. */
async function prepare(execute: Queryable['query'], { settings, schema }: Run): Promise<ServerFacts> {
  const [row] = await execute(
    `select pid, deadlock_timeout, attempt, set_config('lock_timeout', attempt::text, false),
       set_config('statement_timeout', ?, false),
       set_config('application_name', coalesce(nullif(current_setting('application_name'), ''), 'dms-migrator'), false),
       set_config('search_path', coalesce(?::text, current_setting('search_path')), false)
     from (select pg_backend_pid() as pid, setting::int as deadlock_timeout,
             greatest(1, least(?::int, setting::int / 2)) as attempt
           from pg_settings where name = 'deadlock_timeout') s`,
    [
      `${settings.statementTimeoutMs}`,
      schema === undefined ? null : qualifiedName([schema]),
      settings.ddlLockAttemptMs,
    ],
  );
  try {
    // The server cancels a statement within a second once the migrator's process is gone.
    await execute(`set client_connection_check_interval = '1s'`);
  } catch (error) {
    // Servers on Windows accept only 0 (22023); there, the work lock makes the next run wait for the statement.
    if (sqlState(error) !== '22023') throw error;
  }
  return {
    pid: Number(row?.['pid']),
    deadlockTimeoutMs: Number(row?.['deadlock_timeout']),
    lockAttemptMs: Number(row?.['attempt']),
  };
}

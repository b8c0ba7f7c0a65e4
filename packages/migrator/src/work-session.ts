import { isUserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import { pollAdvisoryLock } from './advisory-lock.ts';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import { qualifiedName } from './identifiers.ts';
import type { Queryable } from './ledger.ts';
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
  readonly #run: Run;
  readonly #pid: number;

  constructor(run: Run, query: Queryable['query'], pid: number) {
    this.query = query;
    this.#run = run;
    this.#pid = pid;
  }

  /**
   * Runs a statement of a migration, unless the lock is lost or the run aborted; an abort cancels it.
   *
   * @throws UserError `migration-lock-lost`: the lock's session has ended.
   * @throws the signal's reason, or PostgreSQL's error
   */
  async execute(sql: string): Promise<void> {
    await this.assertMayContinue();
    await this.#cancelledOnAbort(this.query(sql));
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
      cancelling = this.#run.lock.cancelBackend(this.#pid).catch(() => {});
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
        const pid = await prepare(execute, run);
        // A statement of a killed process can outlive it in the server, and holds this lock until it ends.
        const { lockTimeoutMs, signal } = run.settings;
        await pollAdvisoryLock({ query: execute }, run.lock.classId, 'work', lockTimeoutMs, signal);
        return await use(new WorkSession(run, execute, pid));
      });
  } catch (error) {
    if (isUserError(error) || !isConnectionFailure(error)) throw error;
    throw connectionError(connection.getConnectionOptions(), error);
  } finally {
    await connection.close(true);
  }
}

/** Sets what the session needs, and returns its process id in the server. */
async function prepare(execute: Queryable['query'], { settings, schema }: Run): Promise<number> {
  const [row] = await execute(
    `select pg_backend_pid() as pid, set_config('lock_timeout', ?, false), set_config('statement_timeout', ?, false),
       set_config('application_name', coalesce(nullif(current_setting('application_name'), ''), 'dms-migrator'), false),
       set_config('search_path', coalesce(?::text, current_setting('search_path')), false)`,
    [
      `${settings.ddlLockTimeoutMs}`,
      `${settings.statementTimeoutMs}`,
      schema === undefined ? null : qualifiedName([schema]),
    ],
  );
  try {
    // The server cancels a statement within a second once the migrator's process is gone.
    await execute(`set client_connection_check_interval = '1s'`);
  } catch (error) {
    // Servers on Windows accept only 0 (22023); there, the work lock makes the next run wait for the statement.
    if (sqlState(error) !== '22023') throw error;
  }
  return Number(row?.['pid']);
}

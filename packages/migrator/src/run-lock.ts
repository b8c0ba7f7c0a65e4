import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { Client, type ClientConfig } from 'pg';
import { lockClass, pollAdvisoryLock } from './advisory-lock.ts';
import { connectionError } from './connection-error.ts';
import { migratorCommand } from './migrator-command.ts';
import type { Queryable } from './ledger.ts';
import type { RunSettings } from './options.ts';
import { refusePooler } from './refuse-pooler.ts';
import { sessionConfig } from './session-config.ts';

/**
 * Calls `use` while it holds the lock of a whole run.
 *
 * @param ledgerName the name of the ledger's table: each has its own lock
 * @throws UserError `migration-locked`: another run holds the lock for `lockTimeoutMs`.
 * @throws UserError `migration-interrupted`: the signal stopped the run between two statements.
 * @throws UserError `database-unreachable`, `invalid-settings`: no session could be opened.
 * @throws UserError `migration-pooled`: the connection goes through a transaction pooler.
 */
export async function withRunLock<Result>(
  driver: AbstractSqlDriver,
  ledgerName: string,
  settings: RunSettings,
  use: (lock: RunLock) => Promise<Result>,
): Promise<Result> {
  try {
    const session = { ...(await sessionConfig(driver)), query_timeout: answerMs };
    await using lock = new RunLock(session, lockClass(ledgerName));
    await lock.acquire(settings);
    return await use(lock);
  } catch (error) {
    if (settings.signal?.aborted !== true || isUserError(error)) throw error;
    throw new UserError('migration-interrupted', 'The run was interrupted between two statements.', {
      hint: `The ledger has recorded what was applied. Run it again to continue: ${migratorCommand('up')}.`,
      cause: error,
    });
  }
}

/**
 * The lock of a whole run, on a session that does nothing else.
 *
 * A session-level lock ends with its session, so a killed process leaves none behind.
 */
export class RunLock implements AsyncDisposable, Queryable {
  readonly classId: number;
  readonly #config: ClientConfig;
  readonly #client: Client;
  #pid = 0;
  #isPooled = false;

  constructor(config: ClientConfig, classId: number) {
    this.classId = classId;
    this.#config = config;
    this.#client = new Client(config);
    // A session that the server ends emits 'error'; assertHeld() reports it.
    this.#client.on('error', () => {});
  }

  /** Connects and takes the lock. */
  async acquire({ lockTimeoutMs, signal }: RunSettings): Promise<void> {
    await this.#client.connect().catch((error: unknown) => {
      throw connectionError(this.#config, error);
    });
    await refusePooler(this.#client, this.#config);
    // A role that ALTER ROLE ... SET role gave may not cancel the statements of the user that logged in. The session is
    // idle during long statements, and the lock must outlive them; but the server notices within a minute that a
    // machine has vanished without closing its connections.
    await this.query(
      `set role none; set idle_session_timeout = 0; set statement_timeout = 0; set tcp_keepalives_idle = 30;
       set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3`,
    );
    this.#pid = await this.#backendPid();
    await pollAdvisoryLock(this, this.classId, 'run', lockTimeoutMs, signal);
  }

  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    let index = 0;
    const result = await this.#client.query(
      sql.replaceAll('?', () => `$${++index}`),
      [...params],
    );
    return result.rows;
  }

  /** @throws UserError `migration-lock-lost`: the session has ended, or a pooler gave it to another client. */
  async assertHeld(): Promise<void> {
    try {
      if ((await this.#backendPid()) === this.#pid) return;
    } catch (cause) {
      throw lockLost(cause);
    }
    this.#isPooled = true;
    throw lockLost(undefined);
  }

  /**
   * @param pid that of another session that is open
   * @throws UserError `migration-lock-lost`: it is the session of the lock, which a pooler gave to another client.
   */
  assertOwn(pid: number): void {
    if (pid !== this.#pid) return;
    this.#isPooled = true;
    throw lockLost(undefined);
  }

  /** Cancels the running statement of another session of the same user. */
  async cancelBackend(pid: number): Promise<void> {
    await this.query('select pg_cancel_backend(?)', [pid]);
  }

  /** Ends the session, and the lock with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isPooled) await this.#endPooledSessions().catch(() => {});
    await this.#client.end().catch(() => {});
  }

  /** Ends the sessions of the pool on which this run has left its locks and settings, unless another client works on them. */
  async #endPooledSessions(): Promise<void> {
    await this.query(
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'advisory' and l.classid = ? and l.objsubid = 2 and l.granted
         and l.database = (select oid from pg_database where datname = current_database())
         and (a.state = 'idle' or l.pid = pg_backend_pid())`,
      [this.classId],
    );
  }

  async #backendPid(): Promise<number> {
    const [row] = await this.query('select pg_backend_pid() as pid');
    return Number(row?.['pid']);
  }
}

/** Queries of this session take milliseconds: a server that does not answer for so long will not do so any more. */
const answerMs = 60_000;

function lockLost(cause: unknown): UserError {
  return new UserError('migration-lock-lost', 'The session that holds the migration lock has ended.', {
    hint: 'Connect to the server directly, not through a transaction pooler.',
    cause,
  });
}

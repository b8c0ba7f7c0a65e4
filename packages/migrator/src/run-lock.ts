import { UserError } from '@ecommerce-dms/errors';
import { Client, type ClientConfig } from 'pg';
import { pollAdvisoryLock } from './advisory-lock.ts';
import { connectionError } from './connection-error.ts';
import type { Queryable } from './ledger.ts';
import type { RunSettings } from './options.ts';

/**
 * The lock of a whole run, on a session that does nothing else.
 *
 * A session-level lock ends with its session, so a killed process leaves none behind.
 */
export class RunLock implements AsyncDisposable, Queryable {
  readonly classId: number;
  readonly #client: Client;
  #pid = 0;

  private constructor(config: ClientConfig, classId: number) {
    this.classId = classId;
    this.#client = new Client(config);
    // A session that the server ends emits 'error'; assertHeld() reports it.
    this.#client.on('error', () => {});
  }

  /**
   * Connects and takes the lock.
   *
   * @throws UserError `migration-locked` when another run holds it for `lockTimeoutMs`
   */
  static async acquire(config: ClientConfig, classId: number, settings: RunSettings): Promise<RunLock> {
    const lock = new RunLock(config, classId);
    try {
      await lock.#client.connect().catch((error: unknown) => {
        throw connectionError(config, error);
      });
      await lock.#prepare();
      await pollAdvisoryLock(lock, lock.classId, 'run', settings.lockTimeoutMs, settings.signal);
      return lock;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    let index = 0;
    const result = await this.#client.query(
      sql.replaceAll('?', () => `$${++index}`),
      [...params],
    );
    return result.rows;
  }

  /** @throws UserError `migration-lock-lost` when the session has ended, or a pooler gave it to another client */
  async assertHeld(): Promise<void> {
    try {
      const [row] = await this.query('select pg_backend_pid() as pid');
      if (row?.['pid'] === this.#pid) return;
    } catch (cause) {
      throw lockLost(cause);
    }
    throw lockLost(undefined);
  }

  /** Cancels the running statement of another session of the same user. */
  async cancelBackend(pid: number): Promise<void> {
    await this.query('select pg_cancel_backend(?)', [pid]);
  }

  /** Ends the session, and the lock with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  async #prepare(): Promise<void> {
    // A role that ALTER ROLE ... SET role gave may not cancel the statements of the user that logged in.
    await this.query('set role none');
    // The session is idle during long statements, and the lock must outlive them.
    await this.query('set idle_session_timeout = 0');
    await this.query('set statement_timeout = 0');
    // The server notices within a minute that a machine has vanished without closing its connections.
    await this.query('set tcp_keepalives_idle = 30');
    await this.query('set tcp_keepalives_interval = 10');
    await this.query('set tcp_keepalives_count = 3');
    const [row] = await this.query('select pg_backend_pid() as pid');
    this.#pid = Number(row?.['pid']);
  }
}

function lockLost(cause: unknown): UserError {
  return new UserError('migration-lock-lost', 'The session that holds the migration lock has ended.', {
    hint: 'Connect to the server directly, not through a transaction pooler.',
    cause,
  });
}

import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { Client, type ClientConfig, escapeLiteral } from 'pg';
import { lockClass, pollAdvisoryLock } from '../advisory-lock.ts';
import { connectionError, isConnectionFailure } from '../connection-error.ts';
import { qualifiedName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { sessionConfig } from '../session-config.ts';
import { refusePooler } from '../refuse-pooler.ts';
import { sqlState } from '../sql-state.ts';
import type { BackfillSettings } from './options.ts';

/** Rows by their columns, and how many rows the statement has changed. */
type Row = Record<string, unknown>;

/**
 * The session of one backfill. It holds the backfill's lock and runs the batches, so that no batch can be committed
 * without the lock: both end with it.
 */
export class BackfillSession implements AsyncDisposable, Queryable {
  readonly #client: Client;
  readonly #config: ClientConfig;
  /** How long a statement waits for a lock, in ms: less than `deadlock_timeout`, so that it ends nobody's transaction. */
  lockAttemptMs = 100;

  private constructor(client: Client, config: ClientConfig) {
    this.#client = client;
    this.#config = config;
  }

  /**
   * Opens the session, and takes the lock.
   *
   * @param key what is locked: the ledger and the backfill
   * @throws UserError `migration-locked`: another process runs the same backfill; `database-unreachable`, `migration-pooled`
   */
  static async open(
    driver: AbstractSqlDriver,
    key: { ledgerName: string; backfill: string; schema: string | undefined },
    settings: Pick<BackfillSettings, 'lockTimeoutMs' | 'statementTimeoutMs' | 'signal'>,
  ): Promise<BackfillSession> {
    const config = await sessionConfig(driver);
    const client = new Client(config);
    // The next query reports a session that the server has ended.
    client.on('error', () => {});
    await client.connect().catch((error: unknown) => {
      throw connectionError(config, error);
    });
    const session = new BackfillSession(client, config);
    try {
      await refusePooler(client, config);
      await session.#prepare(key.schema, settings.statementTimeoutMs);
      const classId = lockClass(backfillKey(key.ledgerName, key.backfill));
      await pollAdvisoryLock(session, classId, 'backfill', settings.lockTimeoutMs, settings.signal);
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a statement with parameters as PostgreSQL numbers them: that of a backfill may have `?` operators. */
  async run(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#send(sql, params)).rows;
  }

  /** Runs a statement, and returns how many rows it has changed. */
  async change(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.#send(sql, params)).rowCount ?? 0;
  }

  /** As {@link run}, with `?` for the parameters. */
  async query(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    let index = 0;
    return this.run(
      sql.replaceAll('?', () => `$${++index}`),
      params,
    );
  }

  /** Runs `work` in a transaction. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    // A stricter level, as the default of a role, would only fail more often.
    await this.run('begin isolation level read committed');
    try {
      const result = await work();
      await this.run('commit');
      return result;
    } catch (error) {
      // The session can be gone; the server has rolled back then.
      await this.run('rollback').catch(() => {});
      throw error;
    }
  }

  /** Ends the session, and the lock with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  async #send(sql: string, params: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }> {
    try {
      return await this.#client.query(sql, [...params]);
    } catch (error) {
      throw isConnectionFailure(error) ? connectionError(this.#config, error) : error;
    }
  }

  async #prepare(schema: string | undefined, statementTimeoutMs: number): Promise<void> {
    const [row] = await this.run(
      `select setting::int as deadlock_timeout from pg_settings where name = 'deadlock_timeout'`,
    );
    this.lockAttemptMs = Math.max(1, Math.min(100, Math.floor(Number(row?.['deadlock_timeout']) / 2)));
    await this.run(`set lock_timeout = ${this.lockAttemptMs}`);
    await this.run(`set statement_timeout = ${statementTimeoutMs}`);
    await this.run('set idle_session_timeout = 0');
    await this.run('set idle_in_transaction_session_timeout = 0');
    // A policy that hides rows would make them look done.
    await this.run('set row_security = off');
    // Keys are kept as text, and read back in the same form.
    await this.run(`set datestyle = 'ISO, YMD'`);
    await this.run(`set intervalstyle = 'postgres'`);
    await this.run('set extra_float_digits = 1');
    await this.run(`set bytea_output = 'hex'`);
    // The planner takes the first column of a key for a range of its own, and would read the whole table for each batch.
    await this.run('set enable_seqscan = off');
    await this.run('set jit = off');
    await this.run('set max_parallel_workers_per_gather = 0');
    if (schema !== undefined) {
      await this.run(`select set_config('search_path', ${escapeLiteral(qualifiedName([schema]))}, false)`);
    }
    // The server ends a batch within a second once this process is gone; servers on Windows accept only 0 (22023).
    await this.run(`set client_connection_check_interval = '1s'`).catch((error: unknown) => {
      if (sqlState(error) !== '22023') throw error;
    });
  }
}

/** What the lock of a backfill is named after. */
export function backfillKey(ledgerName: string, backfill: string): string {
  return `${ledgerName} backfill ${backfill}`;
}

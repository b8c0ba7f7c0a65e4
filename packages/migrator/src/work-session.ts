import { setTimeout as delay } from 'node:timers/promises';
import type { Transaction } from '@mikro-orm/core';
import type { PostgreSqlConnection } from '@mikro-orm/postgresql';
import { escapeLiteral } from 'pg';
import { pollAdvisoryLock, tryLockSql } from './advisory-lock.ts';
import type { FileSettings } from './files/sql-migration.ts';
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

type Context = Kysely | Transaction;
/** The client of an ORM's connection. */
export type Kysely = ReturnType<PostgreSqlConnection['getClient']>;

/** The parts of a transaction. */
interface TransactionParts {
  /** What comes before its statements; the first query through `opening` begins it, in one round trip, and returns no rows. */
  begin?: (opening: Queryable) => Promise<void>;
  work: () => Promise<void>;
  /**
   * Writes what the migrator records: its only query through `closing` commits, in one round trip, and returns no rows.
   * See {@link WorkSession.asMigrator}.
   */
  record?: (closing: Queryable) => Promise<void>;
}

/** The session that executes the statements of migrations. */
export class WorkSession implements Queryable {
  readonly #run: Run;
  readonly #connection: PostgreSqlConnection;
  readonly #reserved: Kysely;
  /** The transaction that a migration runs its own queries in, which then has the connection to itself. */
  #context: Context;
  #pid = 0;
  #role = 'none';
  #deadlockTimeoutMs = 0;
  #blockers: readonly Blocker[] = [];
  #hasCheckInterval = true;
  #isInTransaction = false;

  constructor(run: Run, connection: PostgreSqlConnection, reserved: Kysely) {
    this.#run = run;
    this.#connection = connection;
    this.#reserved = reserved;
    this.#context = reserved;
  }

  get deadlockTimeoutMs(): number {
    return this.#deadlockTimeoutMs;
  }

  /**
   * How long one attempt to take locks lasts, in ms: always less than `deadlock_timeout`, so that it ends nobody's
   * transaction.
   */
  get lockAttemptMs(): number {
    return Math.min(this.#run.settings.ddlLockAttemptMs, this.longestAttemptMs);
  }

  /** The longest attempt that can be asked for, in ms. */
  get longestAttemptMs(): number {
    return Math.max(1, Math.floor(this.#deadlockTimeoutMs / 2));
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

  /** Runs a query of the migrator's own; an abort does not cancel it. */
  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#connection.execute(sql, params, 'all', this.#context);
  }

  /** Makes a new session ready for the first migration. */
  async prepare(): Promise<void> {
    const [row] = await this.query(
      `select pg_backend_pid() as pid, current_setting('role') as role, setting::int as deadlock_timeout
       from pg_settings where name = 'deadlock_timeout'`,
    );
    this.#pid = Number(row?.['pid']);
    this.#run.lock.assertOwn(this.#pid);
    this.#role = String(row?.['role']);
    this.#deadlockTimeoutMs = Number(row?.['deadlock_timeout']);
    await this.query(this.#settings());
    try {
      // The server cancels a statement within a second once the migrator's process is gone.
      await this.query(setCheckInterval);
    } catch (error) {
      // Servers on Windows accept only 0 (22023); there, the work lock makes the next run wait for the statement.
      if (sqlState(error) !== '22023') throw error;
      this.#hasCheckInterval = false;
    }
    await this.#takeWorkLock();
  }

  /** Takes settings of one migration, in place of those of the run, until the session is cleaned. */
  async apply({ statementTimeoutMs }: FileSettings): Promise<void> {
    if (statementTimeoutMs === undefined) return;
    await this.query(`select set_config('statement_timeout', ?, false)`, [`${statementTimeoutMs}`]);
  }

  /**
   * Takes away what a migration has left in the session, as DISCARD ALL does, and makes it ready for the next one. The
   * work lock is free then: only who has the lock of the run asks for it.
   */
  async clean(): Promise<void> {
    await this.query(
      `close all; set session authorization default; reset role; reset all; deallocate all; unlisten *;
       discard plans; discard temp; discard sequences; select pg_advisory_unlock_all(); ${this.#settings()};
       ${this.#hasCheckInterval ? `${setCheckInterval};` : ''}
       ${tryLockSql(this.#run.lock.classId, 'work')}`,
    );
  }

  /**
   * Runs a statement of a migration, unless the lock is lost or the run aborted; an abort cancels it.
   *
   * @param waiting called every second with those that it waits for, or with none; without it, who they are is looked up more often
   *   than an attempt lasts, so that a failure can name them
   * @throws UserError `migration-lock-lost`: the lock's session has ended.
   * @throws the signal's reason, or PostgreSQL's error
   */
  async execute(sql: string, waiting?: (blockers: readonly Blocker[]) => void): Promise<void> {
    await this.executing(() => this.query(sql), waiting);
  }

  /** As {@link execute}, for what `send` sends. */
  async executing(
    send: () => Promise<unknown>,
    waiting?: (blockers: readonly Blocker[]) => void,
  ): Promise<void> {
    // A transaction is checked when it begins and before it commits.
    if (this.#isInTransaction) this.#run.settings.signal?.throwIfAborted();
    else await this.assertMayContinue();
    await this.watched(this.cancelledOnAbort(send()), waiting);
  }

  /** Waits for queries of this session, and looks who they wait for: see {@link execute}. */
  async watched(queries: Promise<void>, waiting?: (blockers: readonly Blocker[]) => void): Promise<void> {
    const look = async (): Promise<void> => {
      const blockers = await blockersOf(this.#run.lock, this.#pid);
      if (blockers.length > 0) this.#blockers = blockers;
      waiting?.(blockers);
    };
    let looking = Promise.resolve();
    const intervalMs = waiting === undefined ? this.lockAttemptMs / 3 : 1000;
    const timer = setInterval(() => {
      // A failure of the lock's session is reported before the next statement.
      looking = looking.then(look).catch(() => {});
    }, intervalMs);
    try {
      await queries;
    } finally {
      clearInterval(timer);
      await looking;
    }
  }

  /** Runs the parts of a transaction of this session; it checks at the beginning and the end that the run may go on. */
  async transaction({ begin, work, record }: TransactionParts): Promise<void> {
    this.#isInTransaction = true;
    try {
      await this.#whileChecking(async () => {
        let isBegun = false;
        const opening: Queryable = {
          query: (sql, params) => {
            const text = isBegun ? sql : `begin; ${sql}`;
            isBegun = true;
            return this.query(text, params);
          },
        };
        await begin?.(opening);
        if (!isBegun) await this.query('begin');
      });
      await work();
      await this.endDeferred();
      if (record === undefined) await this.query('commit');
      else {
        const { query } = this.asMigrator;
        await record({ query: (sql, params) => query(`${sql}; commit`, params) });
      }
    } catch (error) {
      // The session can be gone; the server has rolled back then.
      await this.query('rollback').catch(() => {});
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  /**
   * Runs what is deferred to the end of the transaction: constraints, and their triggers. With the settings of the
   * migration, and before its record is written, with others.
   *
   * @throws UserError `migration-lock-lost`, or the signal's reason: the transaction must not be committed.
   */
  async endDeferred(): Promise<void> {
    await this.#whileChecking(() => this.execute('set constraints all immediate'));
  }

  /** Looks, while `work` is under way, whether the run may go on: on another session, in the same round trip. */
  async #whileChecking(work: () => Promise<void>): Promise<void> {
    const checked = this.assertMayContinue();
    // A failure of `work` comes first.
    checked.catch(() => {});
    await work();
    await checked;
  }

  /** As {@link transaction}; `work` can run queries of MikroORM in it, with savepoints. */
  async transactionWithContext(work: (context: Transaction) => Promise<void>): Promise<void> {
    await this.assertMayContinue();
    const transaction = await this.#reserved.startTransaction().execute();
    this.#context = transaction;
    this.#isInTransaction = true;
    try {
      await work(transaction);
      await transaction.commit().execute();
    } catch (error) {
      if (!transaction.isCommitted)
        await transaction
          .rollback()
          .execute()
          .catch(() => {});
      throw error;
    } finally {
      this.#isInTransaction = false;
      this.#context = this.#reserved;
    }
  }

  /**
   * For writes of the migrator's own after statements of a migration: from the first one to the end of the transaction,
   * the role is that which the session began with, and functions are the system's, whatever the statements have set.
   */
  get asMigrator(): Queryable {
    const own = `select set_config('role', ${escapeLiteral(this.#role)}, true), set_config('search_path', 'pg_catalog', true)`;
    return { query: (sql, params) => this.query(`${own}; ${sql}`, params) };
  }

  /** @throws UserError `migration-lock-lost`, or the signal's reason: no further statement may run. */
  async assertMayContinue(): Promise<void> {
    await this.#run.lock.assertHeld();
    this.#run.settings.signal?.throwIfAborted();
  }

  /** Waits for queries of this session; an abort of the run cancels them. */
  async cancelledOnAbort(queries: Promise<unknown>): Promise<void> {
    const { signal } = this.#run.settings;
    let timer: NodeJS.Timeout | undefined;
    let cancelling = Promise.resolve();
    const cancel = (): void => {
      cancelling = this.#run.lock.cancelBackend(this.#pid).catch(() => {});
      // The server ignores a cancel before the statement has begun: repeat it until the statement ends.
      timer = setTimeout(cancel, 100);
    };
    signal?.addEventListener('abort', cancel);
    // It is not told of an abort that came before.
    if (signal?.aborted === true) cancel();
    try {
      await queries;
    } finally {
      signal?.removeEventListener('abort', cancel);
      clearTimeout(timer);
      // A cancel that is under way must not hit the next statement.
      await cancelling;
    }
  }

  /** A statement of a killed process can outlive it in the server, and holds this lock until it ends. */
  async #takeWorkLock(): Promise<void> {
    const { lockTimeoutMs, signal } = this.#run.settings;
    await pollAdvisoryLock(this, this.#run.lock.classId, 'work', lockTimeoutMs, signal);
  }

  #settings(): string {
    const { settings, schema } = this.#run;
    const searchPath =
      schema === undefined ? `current_setting('search_path')` : escapeLiteral(qualifiedName([schema]));
    return `select set_config('lock_timeout', '${this.lockAttemptMs}', false),
      set_config('statement_timeout', '${settings.statementTimeoutMs}', false),
      set_config('application_name', coalesce(nullif(current_setting('application_name'), ''), 'dms-migrator'), false),
      set_config('search_path', ${searchPath}, false),
      ${keptOpen}`;
  }
}

/**
 * It is idle while callbacks run, and silent during a long statement: then probes keep it in the tables of firewalls, and
 * tell the server that the machine has vanished.
 */
const keptOpen = Object.entries({
  idle_session_timeout: '0',
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
})
  .map(([name, value]) => `set_config('${name}', '${value}', false)`)
  .join(', ');

const setCheckInterval = `set client_connection_check_interval = '1s'`;

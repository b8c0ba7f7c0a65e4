import { setTimeout as delay } from 'node:timers/promises';
import { isUserError } from '@ecommerce-dms/errors';
import type { Transaction } from '@mikro-orm/core';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import { escapeLiteral } from 'pg';
import { pollAdvisoryLock } from './advisory-lock.ts';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import type { FileSettings } from './files/sql-migration.ts';
import { qualifiedName } from './identifiers.ts';
import type { Queryable } from './ledger.ts';
import { type Blocker, blockersOf } from './locks/blockers.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { keepalives, type RunLock } from './run-lock.ts';
import { sqlState } from './sql-state.ts';

/** What the migrations of a run share. */
export interface Run {
  lock: RunLock;
  settings: RunSettings;
  /** The schema that `up({ schema })` or `migrations.schema` names, for the search path. */
  schema: string | undefined;
}

type Context = Kysely | Transaction;
type Kysely = ReturnType<PostgreSqlConnection['getClient']>;

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
  #isChecked = false;

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
    return Math.max(
      1,
      Math.min(this.#run.settings.ddlLockAttemptMs, Math.floor(this.#deadlockTimeoutMs / 2)),
    );
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

  /** Takes away what a migration has left in the session, as DISCARD ALL does, and makes it ready for the next one. */
  async clean(): Promise<void> {
    await this.query(
      `close all; set session authorization default; reset role; reset all; deallocate all; unlisten *;
       discard plans; discard temp; discard sequences; select pg_advisory_unlock_all(); ${this.#settings()};
       ${this.#hasCheckInterval ? setCheckInterval : ''}`,
    );
    await this.#takeWorkLock();
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
    // A transaction is checked at its first statement, and by whoever commits it.
    if (this.#isChecked) this.#run.settings.signal?.throwIfAborted();
    else await this.assertMayContinue();
    this.#isChecked = this.#isInTransaction;
    await this.watched(this.cancelledOnAbort(this.query(sql)), waiting);
  }

  /** Waits for queries of this session, and looks who they wait for: see {@link execute}. */
  async watched(queries: Promise<void>, waiting?: (blockers: readonly Blocker[]) => void): Promise<void> {
    const look = async (): Promise<void> => {
      const blockers = await blockersOf(this.#run.lock, this.#pid);
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
      await queries;
    } finally {
      clearInterval(timer);
      await looking;
    }
  }

  /** Runs `work` in a transaction of this session. */
  async transaction(work: () => Promise<void>): Promise<void> {
    await this.query('begin');
    this.#isInTransaction = true;
    try {
      await work();
      await this.query('commit');
    } catch (error) {
      // The session can be gone; the server has rolled back then.
      await this.query('rollback').catch(() => {});
      throw error;
    } finally {
      this.#isInTransaction = false;
      this.#isChecked = false;
    }
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
      this.#isChecked = false;
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
      set_config('search_path', ${searchPath}, false), ${keepalives}`;
  }
}

interface OpenSession {
  session: WorkSession;
  connection: PostgreSqlConnection;
  release: () => void;
}

const setCheckInterval = `set client_connection_check_interval = '1s'`;

/**
 * The sessions of a run, opened as the ORM would (driver options, `onCreateConnection`), so that a migration's `SET`
 * reaches neither the next migration nor the ORM's pool: one for all of them, cleaned in between; a new one after a
 * migration whose traces stay, or where the ORM's options have done something to the session that cleaning would undo.
 */
export class WorkSessions implements AsyncDisposable {
  readonly #driver: AbstractSqlDriver;
  readonly #run: Run;
  #open: OpenSession | undefined;
  #isUsed = false;

  constructor(driver: AbstractSqlDriver, run: Run) {
    this.#driver = driver;
    this.#run = run;
  }

  /** Calls `work` with a clean session. */
  async use(plan: MigrationPlan, work: (session: WorkSession) => Promise<void>): Promise<void> {
    try {
      const session = await this.#cleanSession();
      this.#isUsed = true;
      await work(session);
    } catch (error) {
      const options =
        this.#open?.connection.getConnectionOptions() ?? this.#driver.getConnection().getConnectionOptions();
      await this[Symbol.asyncDispose]();
      if (isUserError(error) || !isConnectionFailure(error)) throw error;
      throw connectionError(options, error);
    }
    if (leavesTraces(plan)) await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    open?.release();
    await open?.connection.close(true);
  }

  async #cleanSession(): Promise<WorkSession> {
    if (this.#open !== undefined && this.#isUsed) {
      if (isCleanable(this.#driver)) await this.#open.session.clean();
      else await this[Symbol.asyncDispose]();
    }
    this.#isUsed = false;
    this.#open ??= await this.#connect();
    return this.#open.session;
  }

  async #connect(): Promise<OpenSession> {
    const connection = new PostgreSqlConnection(this.#driver.config);
    connection.setMetadata(this.#driver.getMetadata());
    connection.setPlatform(this.#driver.getPlatform());
    try {
      await connection.connect({ skipOnConnect: true });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const reserved = await new Promise<Kysely>((resolve, reject) => {
        connection
          .getClient()
          .connection()
          .execute(async (client) => {
            resolve(client);
            await released;
          })
          .catch(reject);
      });
      const session = new WorkSession(this.#run, connection, reserved);
      this.#open = { session, connection, release };
      await session.prepare();
      return this.#open;
    } catch (error) {
      if (this.#open === undefined) await connection.close(true);
      throw error;
    }
  }
}

/** Whether nothing of the ORM's options prepares each session: cleaning would undo it. */
function isCleanable({ config }: AbstractSqlDriver): boolean {
  const driverOptions: unknown = config.get('driverOptions');
  const hasHook =
    typeof driverOptions === 'function' ||
    (typeof driverOptions === 'object' && driverOptions !== null && 'onPoolCreated' in driverOptions);
  return (
    !hasHook &&
    config.get('onCreateConnection') === undefined &&
    config.get('onReserveConnection') === undefined &&
    config.get('sessionContext') !== 'connection'
  );
}

/** A library stays loaded, and nobody knows what code does with a session that runs its own queries. */
function leavesTraces({ fingerprint, statements }: MigrationPlan): boolean {
  return fingerprint === null || statements.some(({ node }) => 'LoadStmt' in node);
}

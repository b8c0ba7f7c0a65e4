import { isUserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { probed } from './probed-connection.ts';
import { type Kysely, type Run, WorkSession } from './work-session.ts';

interface OpenSession {
  session: WorkSession;
  connection: PostgreSqlConnection;
  release: () => void;
}

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
      // A statement can take hours, in which nothing tells that the server has vanished.
      Object.assign((await connection.getNativeClient()).options, probed);
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

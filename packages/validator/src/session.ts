import { Socket } from 'node:net';
import { checkDatabaseUrl, connectionError } from '@ecommerce-dms/errors';
import { Client, type QueryResultRow } from 'pg';
import { isRecoveryConflict, sqlState } from './server-error.ts';
import { literal } from './sql-text.ts';

const settings: Record<string, string> = {
  application_name: 'dms-validator',
  // A policy that hides rows must be an error: a check that sees only a part of a table proves nothing.
  row_security: 'off',
  // Compiling a wide list of aggregates costs more than it saves.
  jit: 'off',
  // A session that holds the snapshot waits for the others.
  idle_in_transaction_session_timeout: '0',
  // What a role or a database has for its short queries would leave checks undecided.
  statement_timeout: '0',
  transaction_timeout: '0',
  timezone: 'UTC',
  datestyle: 'ISO',
};

/** Settings that let no query trust an index: what it lacks would be found nowhere. */
export const withoutIndexes: Readonly<Record<string, string>> = {
  enable_indexscan: 'off',
  enable_indexonlyscan: 'off',
  enable_bitmapscan: 'off',
  enable_seqscan: 'on',
};

/** What became of work that may fail without ending the run. */
export type Attempt<Result> = { value: Result } | { error: unknown };

/** One connection of a run. */
export class Session {
  statements = 0;
  scans = 0;
  /** Whether the server ended the connection. */
  lost = false;
  processId = 0;
  isStandby = false;
  readonly #client: Client;
  readonly #signal: AbortSignal;

  private constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * Connects. Once `signal` aborts, no query starts. `further` are settings of PostgreSQL beside those of each session.
   *
   * @throws UserError `invalid-database-url`, `database-unreachable`
   */
  static async open(
    url: string,
    signal: AbortSignal,
    further: Readonly<Record<string, string>> = {},
  ): Promise<Session> {
    signal.throwIfAborted();
    checkDatabaseUrl(url);
    const socket = new Socket();
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      stream: () => socket,
    });
    const session = new Session(client, signal);
    const lose = () => {
      session.lost = true;
    };
    client.on('error', lose);
    client.on('end', lose);
    // The driver has no other way to give up a connection that is being made.
    const giveUp = () => void socket.destroy();
    signal.addEventListener('abort', giveUp);
    try {
      await client.connect().catch((error: unknown) => {
        throw connectionError(url, error);
      });
      const values = Object.entries({ ...settings, ...further }).map(
        ([name, value]) => `('${name}', ${literal(value)})`,
      );
      const [server] = await session.query<{ processId: number; isStandby: boolean }>(
        // Of the settings that this version of PostgreSQL has.
        `select pg_backend_pid() as "processId", pg_is_in_recovery() as "isStandby",
           (select count(set_config(name, value, false))
            from (values ${values.join(', ')}) as wanted (name, value) join pg_settings using (name))`,
      );
      Object.assign(session, server);
      // A killed program must not leave its queries running. Windows servers refuse the setting.
      await session.query(`set client_connection_check_interval = '2s'`).catch(() => undefined);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Runs one statement. Every value comes back as the driver parses it. */
  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.#signal.throwIfAborted();
    this.statements += 1;
    try {
      const result = await this.#client.query<Row>(text, [...values]);
      return result.rows;
    } catch (error) {
      // The server's last words come before the connection ends: shutdown, crash of another session, termination.
      if (sqlState(error)?.startsWith('57P') === true) this.lost = true;
      throw error;
    }
  }

  /** A statement that reads a source, counted as a scan. */
  async scan<Row extends QueryResultRow>(text: string): Promise<Row[]> {
    this.scans += 1;
    return this.query<Row>(text);
  }

  /**
   * Runs `work` in a savepoint, so that its failure leaves the snapshot usable.
   *
   * @returns the error of a failure that concerns nothing but the work
   * @throws what ends the run: an abort, a lost connection, a conflict with recovery
   */
  async attempt<Result>(work: () => Promise<Result>): Promise<Attempt<Result>> {
    await this.query('savepoint attempt');
    try {
      const value = await work();
      await this.query('release attempt');
      return { value };
    } catch (error) {
      const isConflict = this.isStandby && isRecoveryConflict(error);
      if (this.#signal.aborted || this.lost || isConflict) throw error;
      await this.query('rollback to attempt');
      return { error };
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

/** Ends the running queries of the sessions on the server. Best effort: it needs one more connection. */
export async function cancelQueries(url: string, sessions: readonly Session[]): Promise<void> {
  const processIds = sessions.filter((session) => !session.lost).map((session) => session.processId);
  if (processIds.length === 0) return;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_cancel_backend(pid) from unnest($1::int[]) as pid', [processIds]);
  } catch {
    // The sessions are closed next; the server notices that at the latest when it sends a row.
  } finally {
    await client.end().catch(() => undefined);
  }
}

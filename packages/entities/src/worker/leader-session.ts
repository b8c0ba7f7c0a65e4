import { UserError } from '@ecommerce-dms/errors';
import { Client, type ClientBase } from 'pg';
import { bool, float8, int4, nullable, text } from '../runtime/sql-type.ts';
import { onlyRow, statement } from '../runtime/statement.ts';

/** Of pg_try_advisory_lock: 'shop' in ASCII, and which lock. Locks are of one database. */
const lock = { space: 0x73686f70, number: 1 };

/** The session of the leader is named so while the term lasts; the lock and this name are the epoch. */
const leaderName = (term: string) => `shop worker leader ${term}`;
/** And so are the other sessions of the term. */
export const termName = (term: string) => `shop worker term ${term}`;
/** Those of the owner, which another role may not end: what they do, two may do at once. */
export const ownerName = (term: string) => `shop worker owner ${term}`;

const lockHolder = `pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and l.classid = ${lock.space} and l.objid = ${lock.number}
    and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database())`;

// A standby of PostgreSQL gives this lock, too.
const tryLock = statement({
  row: { isWriter: bool, isLeader: bool, lagMs: nullable(float8) },
  sql: `select not pg_is_in_recovery() as "isWriter",
      coalesce(not pg_is_in_recovery() and pg_try_advisory_lock(${lock.space}, ${lock.number}), false) as "isLeader",
      (extract(epoch from clock_timestamp() - (select created_at from outbox_event
        where published_at is null and set_aside_at is null order by id limit 1)) * 1000)::float8 as "lagMs"`,
});

const readLag = statement({
  row: { lagMs: nullable(float8) },
  sql: `select (extract(epoch from clock_timestamp() - (select created_at from outbox_event
      where published_at is null and set_aside_at is null order by id limit 1)) * 1000)::float8 as "lagMs"`,
});

// Its client may be stopped, or cut off, with a connection that the server takes for alive.
const endSilentHolder = statement({
  params: { silentMs: float8 },
  row: { hasEnded: bool },
  sql: `select coalesce(pg_terminate_backend(a.pid, 2000), false) as "hasEnded" from ${lockHolder}
      and a.state_change < clock_timestamp() - make_interval(secs => :silentMs::float8 / 1000)`,
});

const nameSession = statement({
  params: { name: text },
  row: { name: text },
  sql: `select set_config('application_name', :name, false) as name`,
});

const endFormerTerms = statement({
  params: { own: text },
  row: { ended: int4 },
  sql: `select count(pg_terminate_backend(pid, 2000))::integer as ended from pg_stat_activity
    where datname = current_database() and application_name like '${termName('%')}' and application_name <> :own`,
});

const leads = statement({
  params: { name: text },
  row: { isLeader: bool },
  sql: `select exists (select from ${lockHolder} and a.application_name = :name) as "isLeader"`,
});

/**
 * Refuses a session that a term opens once another worker has taken over: those that it had before were ended by then.
 */
export async function refuseFormerTerm(client: ClientBase, term: string): Promise<void> {
  const { isLeader } = onlyRow(await leads(client, { name: leaderName(term) }));
  if (!isLeader) throw new Error('Another worker leads.');
}

/** The session of a worker that holds, or waits for, the lock of the leader. */
export class LeaderSession implements AsyncDisposable {
  readonly #client: Client;
  readonly #lost = new AbortController();

  private constructor(client: Client) {
    this.#client = client;
    const lose = (error?: unknown): void =>
      this.#lost.abort(error ?? new Error("The connection of the worker's session has ended."));
    client.on('error', lose);
    client.on('end', () => lose());
  }

  static async open(url: string, timeoutMs: number): Promise<LeaderSession> {
    const client = new Client({
      connectionString: url,
      application_name: 'shop worker candidate',
      connectionTimeoutMillis: 5000,
      query_timeout: timeoutMs,
      keepAlive: true,
    });
    const session = new LeaderSession(client);
    await client.connect();
    return session;
  }

  /** Aborts when the connection is lost, and with it the lock. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Takes the lock if nobody has it; says how long the oldest event has waited. */
  async tryLead(): Promise<{ isLeader: boolean; lagMs: number }> {
    const { isWriter, isLeader, lagMs } = onlyRow(await tryLock(this.#client, {}));
    if (!isWriter) {
      throw new UserError('database-unavailable', 'The server is a standby that is not promoted yet.');
    }
    return { isLeader, lagMs: lagMs ?? 0 };
  }

  /** Ends the session of a leader that has given no sign of life for so long. */
  async endSilentLeader(silentMs: number): Promise<void> {
    await endSilentHolder(this.#client, { silentMs });
  }

  /** Names the term, and ends the sessions of former ones, with what they had under way. */
  async beginTerm(term: string): Promise<void> {
    await nameSession(this.#client, { name: leaderName(term) });
    await endFormerTerms(this.#client, { own: termName(term) });
  }

  /** A sign of life; returns how long the oldest event has waited. */
  async beat(): Promise<number> {
    return onlyRow(await readLag(this.#client, {})).lagMs ?? 0;
  }

  /** Reports into the log of the server, where an alarm counts it. */
  async report(): Promise<void> {
    await this.#client.query(`do $$ begin raise log 'shop worker: up to date'; end $$`);
  }

  /** Gives the lock back. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A server that does not answer any more is not waited for.
    const closed = this.#client.end().catch(() => undefined);
    const timer = setTimeout(() => this.destroy(), 1000);
    await closed;
    clearTimeout(timer);
  }

  destroy(): void {
    destroyConnection(this.#client);
  }
}

/** Ends a connection without the server's help. */
export function destroyConnection(client: ClientBase): void {
  const { connection } = client as ClientBase & { connection?: { stream: { destroy(): void } } };
  connection?.stream.destroy();
}

import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type KillPoint, PointCounter } from './kill-points.ts';
import { applyOn, type Subject } from './run-migrations.ts';
import { type Exchange, WireProxy } from './wire-proxy.ts';

/** How a run that was to be killed has ended. */
export interface KilledRun {
  /** It never came to the point. */
  isMissed: boolean;
  /** The request did not wait, so that it could not be killed while it did. */
  isInapplicable: boolean;
  /** What it failed with in the process that lived on; undefined when it went through. */
  error: unknown;
}

/**
 * Runs the migration on a database, and kills the run at a point.
 *
 * @param tables those that a transaction has read which a waiting statement waits for
 */
export async function killAt(
  subject: Subject,
  database: ClientConfig,
  point: KillPoint,
  isPoint: (sql: string) => boolean,
  tables: readonly string[],
): Promise<KilledRun> {
  const counter = new PointCounter(isPoint);
  let isMissed = true;
  let target: Exchange | undefined;
  let isInapplicable = false;
  await using control = await Control.open(database);
  await using proxy = await WireProxy.open(database, {
    before: async (exchange) => {
      const number = counter.next(exchange);
      if (exchange.session !== point.session || number !== point.request) return;
      target = exchange;
      isMissed = false;
      if (point.kind === 'before') proxy.cut();
      if (isWaiting(point)) await control.hold(tables);
    },
    sent: async (exchange) => {
      if (exchange !== target) return;
      if (point.kind === 'backend') await control.endBackend(exchange.pid);
      if (!isWaiting(point)) return;
      if (await control.isMadeToWait(exchange)) {
        if (point.kind === 'waiting') proxy.cut();
        else await control.endBackend(exchange.pid);
        await control.gone(exchange.pid);
      } else isInapplicable = true;
      await control.letGo();
    },
    answered: async (exchange) => {
      if (exchange === target && point.kind === 'after') proxy.cut();
    },
  });
  const error = await applyOn(subject, proxy.session);
  return { isMissed, isInapplicable, error };
}

function isWaiting({ kind }: KillPoint): boolean {
  return kind === 'waiting' || kind === 'backend-waiting';
}

/** Sessions beside a run, which hold it up and end it. */
class Control implements AsyncDisposable {
  readonly #client: Client;
  readonly #holder: Client;

  private constructor(client: Client, holder: Client) {
    this.#client = client;
    this.#holder = holder;
  }

  static async open(database: ClientConfig): Promise<Control> {
    const control = new Control(new Client(database), new Client(database));
    for (const client of [control.#client, control.#holder]) {
      client.on('error', () => {});
      await client.connect();
    }
    return control;
  }

  /** Begins a transaction that CREATE INDEX CONCURRENTLY and its like wait for. */
  async hold(tables: readonly string[]): Promise<void> {
    await this.#holder.query('begin isolation level repeatable read');
    await this.#holder.query('select 1');
    for (const table of tables) await this.#holder.query(`select from ${table} limit 0`);
  }

  async letGo(): Promise<void> {
    await this.#holder.query('rollback');
  }

  async endBackend(pid: number): Promise<void> {
    await this.#client.query('select pg_terminate_backend($1)', [pid]);
  }

  /** Waits until the backend waits for the transaction; false when its request ends without that. */
  async isMadeToWait({ pid }: Exchange): Promise<boolean> {
    for (;;) {
      const { rows } = await this.#client.query<{ state: string; waits: boolean }>(
        `select state, wait_event_type = 'Lock' as waits from pg_stat_activity where pid = $1`,
        [pid],
      );
      if (rows[0]?.waits === true) return true;
      if (rows[0]?.state !== 'active') return false;
      await delay(5);
    }
  }

  /** Waits until a backend has ended; one whose client is gone notices within a second. */
  async gone(pid: number): Promise<void> {
    while ((await this.#client.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 1) {
      await delay(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of [this.#client, this.#holder]) await client.end().catch(() => {});
  }
}

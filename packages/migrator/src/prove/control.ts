import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Exchange } from './wire-proxy.ts';

/** Sessions beside a run, which hold it up and end it. */
export class Control implements AsyncDisposable {
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
  async isMadeToWait(exchange: Exchange): Promise<boolean> {
    while (!exchange.isAnswered) {
      const { rows } = await this.#client.query<{ waits: boolean | null }>(
        `select wait_event_type = 'Lock' as waits from pg_stat_activity where pid = $1`,
        [exchange.pid],
      );
      if (rows[0]?.waits === true) return true;
      await delay(5);
    }
    return false;
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

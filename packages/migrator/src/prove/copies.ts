import type { Client, ClientConfig } from 'pg';
import { copyShadow, dropShadow } from '../shadow/shadow-database.ts';

/** Makes copies of throwaway databases. */
export class Copies {
  readonly #client: Client;
  readonly #server: ClientConfig;

  /** @param client a session on another database of the server, whose role may create databases */
  constructor(client: Client, server: ClientConfig) {
    this.#client = client;
    this.#server = server;
  }

  /** Calls `use` with a copy of `template`, to which nobody may be connected, and drops the copy. */
  async use<Result>(template: ClientConfig, use: (copy: ClientConfig) => Promise<Result>): Promise<Result> {
    const copy = await copyShadow(this.#client, this.#server, template);
    try {
      return await use(copy);
    } finally {
      await dropShadow(this.#client, copy);
    }
  }
}

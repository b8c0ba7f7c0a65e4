import { finished } from 'node:stream/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { sentencesOf, sqlStateOf } from '../connection.ts';
import { RowBuffer } from '../encode/row-buffer.ts';
import type { Batch } from './table-writer.ts';

/** Large enough that the cost of a COPY command and of a write to the socket doesn't count. */
export const batchBytes = 1 << 20;
/** Room for the rows that come after the limit was reached. */
const bufferBytes = batchBytes + (1 << 16);

/**
 * Sends batches on whatever session is free: any table on any session, so that their number is a matter of the
 * server's cores and not of the plan's tables. Buffers are used again once the server has taken them.
 */
export class CopyPool {
  bytes = 0;
  readonly #idle: Client[];
  readonly #size: number;
  readonly #spare: RowBuffer[] = [];
  #wakeUp: (() => void) | undefined;
  #failure: unknown;

  constructor(clients: readonly Client[]) {
    this.#idle = [...clients];
    this.#size = clients.length;
  }

  /** An empty buffer. */
  buffer(): RowBuffer {
    return this.#spare.pop() ?? new RowBuffer(bufferBytes);
  }

  /** Resolves when the batch is on its way, which waits for a free session: the back-pressure of the generator. */
  async send(batch: Batch): Promise<void> {
    const client = await this.#freeSession();
    this.bytes += batch.buffer.length;
    void copy(client, batch).then(
      () => this.#release(client, batch.buffer),
      (error: unknown) => {
        this.#failure ??= error;
        this.#release(client, batch.buffer);
      },
    );
    // Let the sockets work: the generator would not pause by itself.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Resolves when the server has taken everything. Throws the first failure. */
  async drain(): Promise<void> {
    while (this.#idle.length < this.#size) await this.#change();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #freeSession(): Promise<Client> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const client = this.#idle.pop();
      if (client !== undefined) return client;
      await this.#change();
    }
  }

  #release(client: Client, buffer: RowBuffer): void {
    this.#idle.push(client);
    this.#spare.push(buffer);
    this.#wakeUp?.();
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
    });
  }
}

async function copy(client: Client, { table, firstRow, buffer }: Batch): Promise<void> {
  const columns = table.columns.map((column) => column.sql).join(', ');
  const stream = client.query(copyFrom(`copy ${table.sql} (${columns}) from stdin (format binary)`));
  try {
    stream.end(buffer.bytes());
    await finished(stream);
  } catch (error) {
    throw refused(table.name, firstRow, error);
  }
}

/** Says which row the server didn't take: it names the line of the batch in the error's context. */
function refused(table: string, firstRow: number, error: unknown): unknown {
  const state = sqlStateOf(error);
  const { where = '' } = error as { where?: string };
  const line = /line (\d+)(?:, column (\S+))?/.exec(where);
  // Classes 22 and 23 are about values; anything else, such as a lost session, isn't the plan's fault.
  if (line === null || !/^2[23]/.test(state ?? '')) return error;
  const row = firstRow + Number(line[1]) - 1;
  const column = line[2] === undefined ? '' : `, column ${line[2]}`;
  return new UserError(
    'row-refused',
    `PostgreSQL refused row ${row} of ${table}${column}: ${sentencesOf(error)}`,
    { hint: 'Fix the plan. The tables are as they were before the run.', cause: error },
  );
}

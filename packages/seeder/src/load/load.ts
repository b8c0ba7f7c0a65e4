import type { Client } from 'pg';
import type { PlannedTable } from '../catalog/planned-table.ts';
import type { Family, TableColumns } from '../plan.ts';
import type { LoadCounts } from '../progress.ts';
import { CopyPool } from './copy-pool.ts';
import { estimateRows, generate, type Shard } from './generate.ts';
import { TableWriter } from './table-writer.ts';

export interface Loaded {
  /** Rows by the plan's name of the table. */
  rows: Record<string, number>;
  /** Bytes in the format of COPY BINARY. */
  bytes: number;
}

/**
 * Loads a shard: one transaction a session, committed when the server has taken everything. `onTransactions` runs
 * before the first row is sent, with the ids of those transactions.
 */
export async function load<Tables extends TableColumns, Context>(
  clients: readonly Client[],
  tables: readonly PlannedTable[],
  source: { families: readonly Family<Tables, Context>[]; context: Context; shard: Shard },
  hooks: {
    signal?: AbortSignal;
    onTransactions(ids: string[]): Promise<void>;
    onRows(counts: LoadCounts): void;
  },
): Promise<Loaded> {
  const { families, context, shard } = source;
  const pool = new CopyPool(clients);
  const writers = new Map(tables.map((table) => [table.name, new TableWriter(table, pool.buffer())]));
  const rowsSoFar = () => [...writers.values()].reduce((sum, writer) => sum + writer.rows, 0);
  const expected = estimateRows(families, context, [...writers.keys()]) / shard.count;

  await hooks.onTransactions(await Promise.all(clients.map(beginTransaction)));
  await generate(families, context, shard, {
    writers,
    pool,
    signal: hooks.signal,
    onBatch: () => hooks.onRows({ done: rowsSoFar(), total: Math.max(Math.round(expected), rowsSoFar()) }),
  });
  await pool.drain();
  hooks.signal?.throwIfAborted();
  for (const client of clients) await client.query('COMMIT');
  hooks.onRows({ done: rowsSoFar(), total: rowsSoFar() });
  return {
    rows: Object.fromEntries([...writers].map(([name, writer]) => [name, writer.rows])),
    bytes: pool.bytes,
  };
}

/** The transaction's id, whose lower 32 bits are the `xmin` of all rows that it writes. */
async function beginTransaction(client: Client): Promise<string> {
  await client.query('BEGIN');
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id ?? '';
}

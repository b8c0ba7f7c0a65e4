import type { Client } from 'pg';
import type { PlannedTable } from '../catalog/planned-table.ts';
import type { Family, TableColumns } from '../plan.ts';
import type { Report } from '../progress.ts';
import { CopyPool } from './copy-pool.ts';
import { estimateRows, generate } from './generate.ts';
import { TableWriter } from './table-writer.ts';

export interface Loaded {
  /** Rows by the plan's name of the table. */
  rows: Record<string, number>;
  /** Bytes in the format of COPY BINARY. */
  bytes: number;
}

/**
 * Loads all rows of the families: one transaction a session, committed when the server has taken everything.
 * `onTransactions` runs before the first row is sent, with the ids of those transactions.
 */
export async function load<Tables extends TableColumns, Context>(
  clients: readonly Client[],
  tables: readonly PlannedTable[],
  families: readonly Family<Tables, Context>[],
  context: Context,
  hooks: {
    report: Report;
    signal?: AbortSignal;
    onTransactions(ids: readonly string[]): Promise<void>;
  },
): Promise<Loaded> {
  const { report, signal } = hooks;
  const pool = new CopyPool(clients);
  const writers = new Map(tables.map((table) => [table.name, new TableWriter(table, pool.buffer())]));
  const rowsSoFar = () => [...writers.values()].reduce((sum, writer) => sum + writer.rows, 0);
  const expected = estimateRows(families, context, [...writers.keys()]);
  report(0, expected);

  await hooks.onTransactions(await Promise.all(clients.map(beginTransaction)));
  await generate(families, context, {
    writers,
    pool,
    signal,
    onBatch: () => report(rowsSoFar(), Math.max(expected, rowsSoFar())),
  });
  await pool.drain();
  signal?.throwIfAborted();
  for (const client of clients) await client.query('commit');
  report(rowsSoFar(), rowsSoFar());
  return {
    rows: Object.fromEntries([...writers].map(([name, writer]) => [name, writer.rows])),
    bytes: pool.bytes,
  };
}

/** The transaction's id, whose lower 32 bits are the `xmin` of all rows that it writes. */
async function beginTransaction(client: Client): Promise<string> {
  await client.query('begin');
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return rows[0]?.id ?? '';
}

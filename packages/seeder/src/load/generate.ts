import type { Value } from '../encode/value.ts';
import type { Emit, Family, TableColumns } from '../plan.ts';
import { batchBytes, type CopyPool } from './copy-pool.ts';
import type { TableWriter } from './table-writer.ts';

/** Generates the rows of all families into the writers and sends each batch that is full. */
export async function generate<Tables extends TableColumns, Context>(
  families: readonly Family<Tables, Context>[],
  context: Context,
  target: {
    writers: ReadonlyMap<string, TableWriter>;
    pool: CopyPool;
    signal?: AbortSignal;
    onBatch: () => void;
  },
): Promise<void> {
  const { writers, pool, signal, onBatch } = target;
  const full = new Set<TableWriter>();
  const emit = Object.fromEntries(
    [...writers].map(([name, writer]) => [
      name,
      (row: Record<string, Value>) => {
        writer.write(row);
        if (writer.batchBytes >= batchBytes) full.add(writer);
      },
    ]),
  ) as unknown as Emit<Tables>;
  const send = async (writer: TableWriter) => {
    signal?.throwIfAborted();
    await pool.send(writer.take(pool.buffer()));
    onBatch();
  };

  for (const family of families) {
    const count = family.count(context);
    for (let index = 0; index < count; index++) {
      family.generate(index, emit, context);
      if (full.size === 0) continue;
      for (const writer of full) await send(writer);
      full.clear();
    }
  }
  for (const writer of writers.values()) {
    if (writer.batchRows > 0) await send(writer);
  }
}

const sampleCount = 200;

/** About how many rows the families will emit, from indexes spread over each family. */
export function estimateRows<Tables extends TableColumns, Context>(
  families: readonly Family<Tables, Context>[],
  context: Context,
  tables: readonly string[],
): number {
  let emitted = 0;
  const count = () => void emitted++;
  const emit = Object.fromEntries(tables.map((table) => [table, count])) as unknown as Emit<Tables>;
  let total = 0;
  for (const family of families) {
    const indexes = family.count(context);
    const samples = Math.min(sampleCount, indexes);
    if (samples === 0) continue;
    emitted = 0;
    for (let sample = 0; sample < samples; sample++) {
      family.generate(Math.floor((sample * indexes) / samples), emit, context);
    }
    total += Math.round((emitted * indexes) / samples);
  }
  return total;
}

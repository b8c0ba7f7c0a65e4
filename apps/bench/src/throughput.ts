import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { processorTimeMs } from './processor-time.ts';

/** How fast a load ran. */
export interface Throughput {
  transactionsPerSecond: number;
  statementsPerSecond: number;
  /** Inserted and updated, in tables with what triggers write. */
  rowsWrittenPerSecond: number;
  /** Processor time of both sides; what else runs on the machine hardly changes it. */
  cpuMsPerTransaction: number;
}

/** Where a load runs. */
export interface Server {
  /** Of a superuser, to the database. */
  adminUrl: string;
  /** Process ids of the server and its standbys. */
  postmasters: readonly number[];
}

const warmUpMs = 1500;
const measuredMs = 6000;

/**
 * Runs `transaction` in so many loops at once, and counts what ends within the measured seconds after a warm-up.
 * The server counts statements (pg_stat_statements), BEGIN and COMMIT included, and rows (pg_stat_database).
 */
export async function measure(
  { adminUrl, postmasters }: Server,
  clients: number,
  transaction: (client: number) => Promise<void>,
): Promise<Throughput> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  const load = { running: true, transactions: 0 };
  const loops = Array.from({ length: clients }, async (_each, client) => {
    while (load.running) {
      await transaction(client);
      load.transactions += 1;
    }
  });
  const ended = Promise.all(loops);
  try {
    await Promise.race([delay(warmUpMs), ended]);
    const before = {
      ...(await counters(admin)),
      cpuMs: await processorTimeMs(postmasters),
      transactions: load.transactions,
      at: performance.now(),
    };
    await Promise.race([delay(measuredMs), ended]);
    const seconds = (performance.now() - before.at) / 1000;
    const transactions = load.transactions - before.transactions;
    const after = { cpuMs: await processorTimeMs(postmasters), ...(await counters(admin)) };
    return {
      transactionsPerSecond: transactions / seconds,
      statementsPerSecond: (after.statements - before.statements) / seconds,
      rowsWrittenPerSecond: (after.rowsWritten - before.rowsWritten) / seconds,
      cpuMsPerTransaction: (after.cpuMs - before.cpuMs) / transactions,
    };
  } finally {
    load.running = false;
    await ended.finally(() => admin.end());
  }
}

async function counters(client: Client): Promise<{ statements: number; rowsWritten: number }> {
  const { rows } = await client.query<{ statements: number; rowsWritten: number }>(
    `select (select sum(calls) from pg_stat_statements)::float8 as statements,
       (tup_inserted + tup_updated)::float8 as "rowsWritten"
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0] ?? { statements: Number.NaN, rowsWritten: Number.NaN };
}

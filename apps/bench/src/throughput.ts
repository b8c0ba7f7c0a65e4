import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** How fast a load ran. */
export interface Throughput {
  transactionsPerSecond: number;
  statementsPerSecond: number;
}

const warmUpMs = 1500;
const measuredMs = 6000;

/**
 * Runs `transaction` in so many loops at once, and counts what ends within the measured seconds after a warm-up.
 * Statements are counted by the server (pg_stat_statements), BEGIN and COMMIT included.
 */
export async function measure(
  adminUrl: string,
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
      transactions: load.transactions,
      statements: await statements(admin),
      at: performance.now(),
    };
    await Promise.race([delay(measuredMs), ended]);
    const seconds = (performance.now() - before.at) / 1000;
    const done = load.transactions - before.transactions;
    return {
      transactionsPerSecond: done / seconds,
      statementsPerSecond: ((await statements(admin)) - before.statements) / seconds,
    };
  } finally {
    load.running = false;
    await ended.finally(() => admin.end());
  }
}

async function statements(client: Client): Promise<number> {
  const { rows } = await client.query<{ calls: number }>(
    'select sum(calls)::float8 as calls from pg_stat_statements',
  );
  return rows[0]?.calls ?? Number.NaN;
}

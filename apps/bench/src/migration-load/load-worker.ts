import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'pg';
import type { TimedQuery } from './load-thread.ts';
import { operations, readSamples, type Samples, type Send } from './shop-operations.ts';

// A thread of load: tells 'begun', and at any message sends its statements and ends.

const pauseMs = 10;
const { url, clientCount } = workerData as { url: string; clientCount: number };
const queries: TimedQuery[] = [];
const ending = new AbortController();

const clients = await Promise.all(Array.from({ length: clientCount }, connect));
const [first] = clients;
if (first === undefined) throw new Error('A load needs a client.');
const samples = await readSamples(first);
// The first statements open caches of their sessions.
for (const client of clients) for (const operation of operations) await run(client, operation, []);
const running = clients.map(work);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage('begun');
parentPort?.once('message', async () => {
  ending.abort();
  await Promise.all(running);
  for (const client of clients) await client.end();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(queries);
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'load' });
  await client.connect();
  return client;
}

async function work(client: Client): Promise<void> {
  while (!ending.signal.aborted) {
    const operation = operations[Math.floor(Math.random() * operations.length)];
    if (operation !== undefined) await run(client, operation, queries);
    await delay(pauseMs);
  }
}

async function run(
  client: Client,
  operation: (send: Send, samples: Samples) => Promise<unknown>,
  recorded: TimedQuery[],
): Promise<void> {
  const send: Send = async (sql, params = []) => {
    const startMs = Date.now();
    const startedMs = performance.now();
    const query: TimedQuery = { startMs, ms: 0, sql };
    try {
      return (await client.query(sql, [...params])).rows;
    } catch (error) {
      query.error = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      query.ms = performance.now() - startedMs;
      recorded.push(query);
    }
  };
  // A failure is recorded; what is left of its transaction is ended.
  await operation(send, samples).catch(() => client.query('rollback').catch(() => undefined));
}

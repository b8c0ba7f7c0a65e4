import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, libraryPlan, libraryTemplate } from '../test/library.ts';
import { query } from '../test/query.ts';
import { readCatalog } from '../test/read-catalog.ts';
import { digest } from './digest.ts';
import { restore } from './run/restore.ts';
import { seed } from './seed.ts';

const AUTHORS = 8000;
const plan = libraryPlan({ authors: AUTHORS });

let database: TestDatabase;
let url: string;
let catalog: string[];
let rows: unknown;
beforeEach(async () => {
  database = await createTestDatabase({ template: libraryTemplate });
  url = asOwner(database.url);
  catalog = await readCatalog(url);
  rows = await digest({ url, tables: plan.tables });
});
afterEach(() => database.drop());

async function expectAsBefore() {
  expect(await readCatalog(url)).toEqual(catalog);
  expect(await digest({ url, tables: plan.tables })).toEqual(rows);
}

test.each(['load', 'indexes', 'constraints', 'finish'] as const)(
  'an abort in phase %s puts everything back',
  async (phase) => {
    const controller = new AbortController();
    const run = seed({
      url,
      plan,
      seed: 7,
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.phase === phase && (phase !== 'load' || progress.done > 0)) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'interrupted' });
    await expectAsBefore();
  },
);

test('an abort before the start changes nothing', async () => {
  await expect(seed({ url, plan, seed: 7, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'interrupted',
  });
  await expectAsBefore();
});

test.each(['load', 'rows', 'indexes', 'constraints'])(
  'after a kill in phase %s the same call gives the same rows',
  async (phase) => {
    await killChildAt(phase);
    const killed = await query(url, `SELECT FROM pg_class WHERE relname = '_seeder_run'`);
    expect(killed).toHaveLength(1);

    const result = await seed({ url, plan, seed: 7 });
    expect(result.undone).toBe('library');
    expect(await readCatalog(url)).toEqual(catalog);
    const after = await digest({ url, tables: plan.tables });

    const fresh = await createTestDatabase({ template: libraryTemplate });
    await seed({ url: asOwner(fresh.url), plan, seed: 7 });
    expect(after).toEqual(await digest({ url: asOwner(fresh.url), tables: plan.tables }));
    await fresh.drop();
  },
);

test('restore() alone undoes a killed run, once', async () => {
  await killChildAt('indexes');
  expect(await restore({ url })).toBe('library');
  await expectAsBefore();
  expect(await restore({ url })).toBeUndefined();
});

test('lost sessions are reported, and everything is put back', async () => {
  let killed: Promise<unknown> | undefined;
  const run = seed({
    url,
    plan,
    seed: 7,
    onProgress: ({ phase, done }) => {
      if (phase === 'load' && done > 0) {
        killed ??= query(
          database.url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                   WHERE application_name = 'seeder' AND datname = current_database()`,
        );
      }
    },
  });
  await expect(run).rejects.toMatchObject({
    code: 'load-failed',
    message: expect.stringMatching(/terminat/i),
  });
  await killed;
  await expectAsBefore();
});

test('two runs at once: the second is refused', async () => {
  let second: Promise<unknown> | undefined;
  await seed({
    url,
    plan,
    seed: 7,
    onProgress: () => {
      second ??= query(url, `SELECT pg_try_advisory_lock(hashtextextended('_seeder_run', 0)) AS free`);
    },
  });
  expect(await second).toEqual([{ free: false }]);
});

async function killChildAt(phase: string): Promise<void> {
  const script = new URL('../test/seed-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, url, String(AUTHORS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (line === phase) child.kill('SIGKILL');
  }
  await exit;
}

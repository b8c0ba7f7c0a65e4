import { Client } from 'pg';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createLibrary, libraryPlan } from '../test/library.ts';
import { seedAndDie } from '../test/seed-and-die.ts';
import { query } from '../test/query.ts';
import { readCatalog } from '../test/read-catalog.ts';
import { digest } from './digest.ts';
import { restore } from './run/restore.ts';
import { findUnfinishedRun } from './run/unfinished-run.ts';
import { seed } from './seed.ts';

const authorCount = 4000;
const plan = libraryPlan({ authors: authorCount });

let url: string;
let adminUrl: string;
let catalog: string[];
let rows: unknown;
beforeEach(async () => {
  const library = await createLibrary();
  ({ url, adminUrl, catalog } = library);
  rows = await digest({ url, tables: plan.tables });
  return library.drop;
});

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
        const isUnderWay = phase === 'finish' || progress.done > 0;
        if (progress.phase === phase && isUnderWay) controller.abort();
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
    await seedAndDie(url, { authors: authorCount, phase });
    const killed = await query(url, `select from pg_class where relname = '_seeder_run'`);
    expect(killed).toHaveLength(1);

    const result = await seed({ url, plan, seed: 7 });
    expect(result.undone).toBe('library');
    expect(await readCatalog(url)).toEqual(catalog);
    const after = await digest({ url, tables: plan.tables });

    const fresh = await createLibrary();
    await seed({ url: fresh.url, plan, seed: 7 });
    expect(after).toEqual(await digest({ url: fresh.url, tables: plan.tables }));
    await fresh.drop();
  },
);

test('restore() alone undoes a killed run, once', async () => {
  await seedAndDie(url, { authors: authorCount, phase: 'indexes' });
  expect(await restore({ url })).toBe('library');
  await expectAsBefore();
  expect(await restore({ url })).toBeUndefined();
});

describe('while another session holds the tables of a run that was cut off', () => {
  const waiting = `from pg_stat_activity
    where application_name = 'seeder' and datname = current_database() and wait_event = 'relation'`;
  let other: Client;
  beforeEach(async () => {
    await seedAndDie(url, { authors: 300, phase: 'rows' });
    other = new Client({ connectionString: adminUrl });
    await other.connect();
    await other.query('begin; lock table author, _seeder_run');
    return () => other.end();
  });

  /** Starts it, and resolves when it waits for the other session. */
  async function untilBlocked<T>(start: () => Promise<T>): Promise<{ result: Promise<T> }> {
    const result = start();
    result.catch(() => {});
    await expect.poll(() => query(adminUrl, `select ${waiting}`)).toHaveLength(1);
    return { result };
  }

  test.each([
    { name: 'restore', start: () => restore({ url }) },
    { name: 'findUnfinishedRun', start: () => findUnfinishedRun({ url }) },
    { name: 'digest', start: () => digest({ url, tables: plan.tables }) },
  ])('$name() reports that its connection was lost', async ({ start }) => {
    const { result } = await untilBlocked<unknown>(start);
    await query(adminUrl, `select pg_terminate_backend(pid) ${waiting}`);
    await expect(result).rejects.toMatchObject({ code: 'connection-lost' });
  });

  test('restore() can be interrupted, and called again', async () => {
    const controller = new AbortController();
    const { result } = await untilBlocked(() => restore({ url, signal: controller.signal }));
    controller.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    await other.query('commit');
    expect(await restore({ url })).toBe('library');
    await expectAsBefore();
  });
});

test('a run is found while it is under way and after it was cut off, with all that is set aside', async () => {
  expect(await findUnfinishedRun({ url })).toBeUndefined();
  const finish = async () => {
    // Only triggers are off by now.
    const found = await findUnfinishedRun({ url });
    expect(found).toMatchObject({ plan: 'library', isRunning: true });
    expect([...new Set(found?.setAside.map(({ kind }) => kind))]).toEqual(['trigger']);
    throw new Error('stop');
  };
  await expect(seed({ url, plan: { ...plan, finish }, seed: 7 })).rejects.toThrow('stop');
  expect(await findUnfinishedRun({ url })).toBeUndefined();

  await seedAndDie(url, { authors: authorCount, phase: 'rows' });
  await vi.waitFor(async () =>
    expect(await findUnfinishedRun({ url })).toMatchObject({ plan: 'library', isRunning: false }),
  );
  const cutOff = await findUnfinishedRun({ url });
  const now = await readCatalog(url);
  const missing = catalog.filter((line) => line.includes('FOREIGN KEY') && !now.includes(line));
  const keys = cutOff?.setAside.filter(({ kind }) => kind === 'foreign key').map(({ name }) => name);
  expect(keys).toContain('review_book_id_fkey on public.review');
  expect(keys).toHaveLength(missing.length);
  expect(Date.now() - Number(cutOff?.startedAt)).toBeLessThan(60_000);
  await restore({ url });
  expect(await findUnfinishedRun({ url })).toBeUndefined();
});

test('a role that may not read the record of a run that was cut off gets an error that says so', async () => {
  await seedAndDie(url, { authors: authorCount, phase: 'rows' });
  const other = Object.assign(new URL(url), { username: 'visitor' }).href;
  await query(
    adminUrl,
    `do $$ begin create role visitor login password 'secret'; exception when duplicate_object then end $$`,
  );
  await expect(findUnfinishedRun({ url: other })).rejects.toMatchObject({ code: 'run-unreadable' });
});

test('lost sessions are reported, and everything is put back', async () => {
  const finish = async () => {
    await query(
      adminUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'seeder' and datname = current_database()`,
    );
  };
  await expect(seed({ url, plan: { ...plan, finish }, seed: 7 })).rejects.toMatchObject({
    code: 'connection-lost',
  });
  await expectAsBefore();
});

test('if the server is gone, the error says what to do, and the next call fixes it', async () => {
  // Of this database: the role is that of other tests, too.
  const allowConnections = async (number: number) => {
    await query(
      adminUrl,
      `do $$ begin execute format('alter database %I connection limit ${number}', current_database()); end $$`,
    );
  };
  const finish = async () => {
    await allowConnections(0);
    throw new Error('the plan failed');
  };
  try {
    await expect(seed({ url, plan: { ...plan, finish }, seed: 7 })).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringMatching(/^the plan failed.*could not be put back.*too many connections/),
      hint: expect.stringContaining('librarian:***@'),
    });
  } finally {
    await allowConnections(-1);
  }
  expect(await restore({ url })).toBe('library');
  await expectAsBefore();
});

test('two runs at once: the second is refused, the first goes on', async () => {
  const finish = async () => {
    await expect(seed({ url, plan, seed: 8 })).rejects.toMatchObject({ code: 'seeding-in-progress' });
  };
  const result = await seed({ url, plan: { ...plan, finish }, seed: 7 });
  expect(await query(url, 'select count(*)::int from author')).toEqual([{ count: result.rows.author }]);
});

test('tables in use are left alone', async () => {
  const other = new Client({ connectionString: adminUrl });
  await other.connect();
  await other.query('begin; select from author');
  await expect(seed({ url, plan, seed: 7 })).rejects.toMatchObject({
    code: 'tables-in-use',
    hint: 'Stop what uses the database, then run again.',
  });
  await other.end();
  await expectAsBefore();
  await seed({ url, plan, seed: 7 });
});

test('an index that someone else makes meanwhile undoes the run, and the next one goes through', async () => {
  const finish = () => query(url, 'create index theirs on ledger (note)').then(() => undefined);
  await expect(seed({ url, plan: { ...plan, finish }, seed: 7 })).rejects.toMatchObject({
    code: 'tables-changed',
    message: expect.stringContaining('new: index CREATE INDEX theirs'),
    hint: expect.stringContaining('Run again when nothing else changes them.'),
  });
  expect(await digest({ url, tables: plan.tables })).toEqual(rows);
  await seed({ url, plan, seed: 7 });
  expect(await readCatalog(url)).toHaveLength(catalog.length + 1);
});

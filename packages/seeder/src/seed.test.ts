import { inspect } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { createLibrary, libraryPlan } from '../test/library.ts';
import { query } from '../test/query.ts';
import { readCatalog } from '../test/read-catalog.ts';
import { digest } from './digest.ts';
import type { Progress } from './progress.ts';
import { definePlan } from './plan.ts';
import { seed } from './seed.ts';

let url: string;
let adminUrl: string;
let catalog: string[];
beforeEach(async () => {
  const library = await createLibrary();
  ({ url, adminUrl, catalog } = library);
  return library.drop;
});

const plan = libraryPlan({ authors: 500 });

test('loads the rows and leaves the tables defined as before', async () => {
  const progress: Progress[] = [];
  const result = await seed({ url, plan, seed: 1, onProgress: (step) => progress.push(step) });

  const [counted] = await query<{ books: number; entries: number; next: number }>(
    url,
    `select (select count(*) from book)::int as books, (select count(*) from ledger)::int as entries,
            nextval(pg_get_serial_sequence('book', 'id'))::int - (select max(id) from book)::int as next`,
  );
  expect(counted).toEqual({ books: result.rows.book, entries: (result.rows.ledger ?? 0) + 1, next: 1 });
  expect(result.rows.author).toBe(500);
  expect(await readCatalog(url)).toEqual(catalog);
  expect(await query(url, `select from pg_class where relname = '_seeder_run'`)).toEqual([]);
  expect(await query(url, `select from pg_stats where tablename = 'book'`)).not.toEqual([]);

  expect([...new Set(progress.map((step) => step.phase))]).toEqual([
    'prepare',
    'load',
    'indexes',
    'constraints',
    'finish',
  ]);
  const loaded = progress.filter((step) => step.phase === 'load').at(-1);
  expect(loaded).toMatchObject({ done: result.totalRows, total: result.totalRows, secondsLeft: 0 });
  // A phase is reported when it begins: what it does first is counted as its own time.
  const begun = progress.filter((step, i) => step.phase !== progress[i - 1]?.phase);
  expect(begun.map((step) => step.done)).toEqual([0, 0, 0, 0, 0]);
});

test('the same seed gives the same rows, with any number of sessions; another seed gives others', async () => {
  const other = await createLibrary();
  const third = await createLibrary();
  try {
    await seed({ url, plan, seed: 'a', connections: 1 });
    await seed({ url: other.url, plan, seed: 'a', connections: 3 });
    await seed({ url: third.url, plan, seed: 'b' });
    const first = await digest({ url, tables: plan.tables });
    expect(await digest({ url: other.url, tables: plan.tables })).toEqual(first);
    expect((await digest({ url: third.url, tables: plan.tables })).digest).not.toBe(first.digest);
  } finally {
    await other.drop();
    await third.drop();
  }
});

test('refuses tables that hold rows, and adds to them with allowNonEmpty', async () => {
  await query(url, `insert into author (id, email, created_at) values (gen_random_uuid(), 'x', now())`);
  await expect(seed({ url, plan, seed: 1 })).rejects.toMatchObject({
    code: 'tables-not-empty',
    message: 'The plan library needs empty tables, but there are rows in author.',
  });
  await seed({ url, plan, seed: 1, allowNonEmpty: true });
  expect(await query(url, 'select count(*)::int from author')).toEqual([{ count: 501 }]);
});

test('the same seed again makes the same keys; another one, as the hint says, adds rows', async () => {
  await query(url, 'create table note (id uuid primary key)');
  const notes = definePlan({
    name: 'notes',
    version: 1,
    tables: { note: ['id'] },
    prepare: async (_client, random) => random,
    families: [
      {
        name: 'note',
        count: () => 10,
        generate: (index, emit, random) => emit.note({ id: random.draw('note', index).uuid7(0) }),
      },
    ],
  });
  await seed({ url, plan: notes, seed: 1 });
  await expect(seed({ url, plan: notes, seed: 1 })).rejects.toMatchObject({
    code: 'tables-not-empty',
    hint: expect.stringContaining('set allowNonEmpty to add to what is there, with another seed'),
  });
  await expect(seed({ url, plan: notes, seed: 1, allowNonEmpty: true })).rejects.toMatchObject({
    code: 'plan-violates-constraint',
    hint: expect.stringContaining('choose another seed'),
  });
  await seed({ url, plan: notes, seed: 2, allowNonEmpty: true });
  expect(await query(url, 'select count(*)::int from note')).toEqual([{ count: 20 }]);
});

test.each(['production', 'Prod', 'eu-production-2'])('refuses the environment %s', async (environment) => {
  await expect(seed({ url, plan, seed: 1, environment })).rejects.toMatchObject({
    code: 'production-refused',
    exitCode: 2,
  });
});

test('seeds production with allowProduction', async () => {
  await seed({ url, plan, seed: 1, environment: 'production', allowProduction: true });
  expect(await query(url, 'select from author limit 1')).toHaveLength(1);
});

test.each([0, 1.5, Number.NaN])('refuses %d connections', async (connections) => {
  await expect(seed({ url, plan, seed: 1, connections })).rejects.toMatchObject({ code: 'invalid-settings' });
});

test('reports every way in which the plan does not fit', async () => {
  const tables = { author: ['id', 'name'], book: ['id', 'search'], shelf: ['id'], loan: [] } as const;
  const wrong = {
    ...plan,
    tables,
    appendsTo: [],
    families: [],
    prepare: async () => undefined,
    finish: undefined,
  };
  await expect(seed({ url, plan: wrong, seed: 1 })).rejects.toMatchObject({
    code: 'plan-mismatch',
    message: expect.stringMatching(
      /author has no column name.*no value for author.email.*book.search is generated.*no value for book.author_id.*shelf does not exist/,
    ),
  });
});

test('refuses a role that does not own the tables', async () => {
  await query(adminUrl, 'alter table fine owner to CURRENT_USER');
  await expect(seed({ url, plan, seed: 1 })).rejects.toMatchObject({
    code: 'plan-mismatch',
    message: expect.stringContaining('table fine is owned by'),
  });
});

test('hides the password in the error about a server that is not there', async () => {
  const failure = await seed({ url: 'postgres://me:hidden@127.0.0.1:1/none', plan, seed: 1 }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: 'database-unreachable',
    message: expect.stringContaining('me:***@127.0.0.1:1'),
  });
  const malformed = await seed({ url: 'postgres://me:hid/den@127.0.0.1/none', plan, seed: 1 }).catch(
    (error: unknown) => error,
  );
  expect(malformed).toMatchObject({ code: 'invalid-database-url' });
  expect(inspect(malformed)).not.toMatch(/hid|den@/);
});

import { beforeEach, expect, test } from 'vitest';
import { createLibrary, libraryPlan } from '../../test/library.ts';
import { query } from '../../test/query.ts';
import { readCatalog } from '../../test/read-catalog.ts';
import { seedAndDie } from '../../test/seed-and-die.ts';
import { seed } from '../seed.ts';
import { restore } from './restore.ts';
import { findUnfinishedRun } from './unfinished-run.ts';

// Other sessions write between the moment when a load sets its constraints aside and the one when it is undone.

const plan = libraryPlan({ authors: 300 });
const insertAuthors = (count: number) =>
  `insert into author (id, email, created_at)
     select gen_random_uuid(), 'theirs.' || n, now() from generate_series(1, ${count}) as n`;

let url: string;
let catalog: string[];
beforeEach(async () => {
  const library = await createLibrary();
  ({ url, catalog } = library);
  return library.drop;
});

async function counts(): Promise<
  { authors: number; theirs: number; books: number; entries: number } | undefined
> {
  const [row] = await query<{ authors: number; theirs: number; books: number; entries: number }>(
    url,
    `select (select count(*) from author)::int as authors,
            (select count(*) from author where email like 'theirs.%')::int as theirs,
            (select count(*) from book)::int as books, (select count(*) from ledger)::int as entries`,
  );
  return row;
}

/** A load that was cut off with all of its rows committed; 49 authors of others, and 2 of its books changed by them. */
async function mixRows(): Promise<void> {
  await seedAndDie(url, { authors: 300, phase: 'indexes' });
  await query(url, `${insertAuthors(49)}; update book set price = price + 1 where id in (1, 5)`);
}

test('a load that has committed nothing is undone, and the rows of others stay', async () => {
  await seedAndDie(url, { authors: 300, phase: 'rows' });
  await query(url, insertAuthors(49));
  expect(await restore({ url })).toBe('library');
  expect(await counts()).toEqual({ authors: 49, theirs: 49, books: 0, entries: 1 });
  expect(await readCatalog(url)).toEqual(catalog);
});

test('rows of others that break a key are named, and the load is undone when they are gone', async () => {
  await seedAndDie(url, { authors: 300, phase: 'rows' });
  await query(url, `${insertAuthors(3)}; ${insertAuthors(1)}`);
  const before = await readCatalog(url);
  await expect(restore({ url })).rejects.toMatchObject({
    code: 'rows-violate-constraint',
    message: expect.stringMatching(/violate the index author_email_key on public.author: .*theirs.1/),
    hint: 'Correct or delete those rows, then run again.',
  });
  expect(await readCatalog(url)).toEqual(before);
  await query(url, `delete from author where ctid = (select max(ctid) from author where email = 'theirs.1')`);
  await restore({ url });
  expect(await counts()).toMatchObject({ authors: 3 });
  expect(await readCatalog(url)).toEqual(catalog);
});

test('rows of others in tables that were empty are not deleted: the error counts them by table, and nothing is changed', async () => {
  await mixRows();
  const before = await counts();
  for (const attempt of [() => restore({ url }), () => seed({ url, plan, seed: 7 })]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'rows-of-others',
      message: expect.stringMatching(/others have changed since: 49 in public.author, 2 in public.book\.$/),
    });
  }
  expect(await counts()).toEqual(before);
  expect(await findUnfinishedRun({ url })).toMatchObject({ plan: 'library', isRunning: false });
});

test('the statements of the hint find the rows of others: once these are copied and deleted, the load can be undone', async () => {
  await mixRows();
  const refused: { hint?: string } = await restore({ url }).then(
    () => ({}),
    (error: { hint: string }) => error,
  );
  const statements = refused.hint?.match(/^select \* from .*;$/gm) ?? [];
  expect(statements).toHaveLength(2);
  for (const [n, statement] of statements.entries()) {
    await query(url, `create table kept_${n} as ${statement}`);
    await query(url, statement.replace('select *', 'delete'));
  }
  expect(await restore({ url })).toBe('library');
  expect(await readCatalog(url)).toEqual(catalog);
  expect(await counts()).toEqual({ authors: 0, theirs: 0, books: 0, entries: 1 });
  await query(url, 'insert into author select * from kept_0');
  expect(await counts()).toMatchObject({ authors: 49, theirs: 49 });
});

test('the rows of others are deleted with the load if asked, as the hint says', async () => {
  await mixRows();
  await expect(restore({ url })).rejects.toMatchObject({
    hint: expect.stringContaining('restore({ url, discardRowsOfOthers: true })'),
  });
  expect(await restore({ url, discardRowsOfOthers: true })).toBe('library');
  expect(await readCatalog(url)).toEqual(catalog);
  expect(await counts()).toEqual({ authors: 0, theirs: 0, books: 0, entries: 1 });
});

test('a run that fails does not delete rows of others either', async () => {
  const finish = async () => {
    await query(url, insertAuthors(49));
    throw new Error('the plan failed');
  };
  await expect(seed({ url, plan: { ...plan, finish }, seed: 7 })).rejects.toMatchObject({
    code: 'restore-failed',
    message: expect.stringMatching(/^the plan failed\..*not undone.*49 in public.author/),
    hint: expect.stringContaining('discardRowsOfOthers'),
  });
  expect(await counts()).toMatchObject({ theirs: 49 });
});

test('a table that held rows keeps what others wrote or changed', async () => {
  await seedAndDie(url, { authors: 300, phase: 'indexes' });
  const changed = 'update ledger set note = note, book_id = null where id = 2';
  await query(url, `insert into ledger (id, note) overriding system value values (-1, 'theirs'); ${changed}`);
  await restore({ url });
  expect(await query(url, 'select id::int, note from ledger order by id')).toEqual([
    { id: -1, note: 'theirs' },
    { id: 1, note: 'here before' },
    { id: 2, note: 'bought' },
  ]);
});

test('a row elsewhere that points to the load is named, and the load is undone when it is gone', async () => {
  await seedAndDie(url, { authors: 300, phase: 'indexes' });
  await query(url, 'insert into review values (1, 5)');
  await expect(restore({ url })).rejects.toMatchObject({
    code: 'rows-violate-constraint',
    message: expect.stringMatching(/foreign key review_book_id_fkey on public.review: .*\(book_id\)=\(5\)/),
  });
  await query(url, 'delete from review where book_id = 5');
  expect(await restore({ url })).toBe('library');
  expect(await readCatalog(url)).toEqual(catalog);
});

test.each([
  { change: 'alter table book rename to volume', back: 'alter table volume rename to book' },
  { change: 'create unique index author_pkey on author (id)', back: 'drop index author_pkey' },
])(
  'a definition that was changed is named, and the load is undone when it is as before: $change',
  async ({ change, back }) => {
    await seedAndDie(url, { authors: 300, phase: 'rows' });
    await query(url, change);
    await expect(restore({ url })).rejects.toMatchObject({
      code: 'tables-changed',
      message: expect.stringMatching(
        /not undone, because its tables were changed meanwhile: relation "\S+" (does not|already) exists?\./,
      ),
    });
    await query(url, back);
    expect(await restore({ url })).toBe('library');
    expect(await readCatalog(url)).toEqual(catalog);
  },
);

test('a record of another server, as in a copy by dump and reload, is not taken for a load without rows', async () => {
  await mixRows();
  const [run] = await query<{ record: { transactionIds: string[] } }>(url, 'select record from _seeder_run');
  const ids = run?.record.transactionIds.map((id) => String(BigInt(id) + 2n ** 40n));
  await query(url, `update _seeder_run set record = jsonb_set(record, '{transactionIds}', $1)`, [
    JSON.stringify(ids),
  ]);
  await expect(restore({ url })).rejects.toMatchObject({ code: 'rows-of-others' });
});

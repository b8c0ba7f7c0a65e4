import { beforeEach, expect, test } from 'vitest';
import { createLibrary, libraryPlan } from '../test/library.ts';
import { readCatalog } from '../test/read-catalog.ts';
import { digest } from './digest.ts';
import type { Value } from './encode/value.ts';
import { seed } from './seed.ts';

let url: string;
let catalog: string[];
beforeEach(async () => {
  const library = await createLibrary();
  ({ url, catalog } = library);
  return library.drop;
});

/** Ids of books are 4 an author, from 1. Book 20001 is the first one of its author: it always exists. */
const broken = 20_001;

const faults: { title: string; fault: Record<string, Value>; expected: object }[] = [
  {
    title: 'a value of a wrong kind',
    fault: { price: true },
    expected: {
      code: 'value-refused',
      message: expect.stringMatching(/^Row \d+ of book, column price: true is not decimal/),
    },
  },
  {
    title: 'a value that is too large',
    fault: { id: 2n ** 63n },
    expected: { code: 'value-refused', message: expect.stringContaining('9223372036854775808n is not') },
  },
  {
    title: 'a CHECK violation',
    fault: { price: '-1' },
    expected: {
      code: 'row-refused',
      message: expect.stringMatching(/^PostgreSQL refused row \d+ of book: .*book_price_check/),
    },
  },
  {
    title: 'text that is too long',
    fault: { title: 'x'.repeat(81) },
    expected: { code: 'row-refused', message: expect.stringContaining('column title') },
  },
  {
    title: 'a unique violation',
    fault: { isbn: '9780000000000' },
    expected: { code: 'plan-violates-constraint', message: expect.stringContaining('book_isbn_key') },
  },
  {
    title: 'a foreign-key violation',
    fault: { author_id: '00000000-0000-0000-0000-000000000000' },
    expected: { code: 'plan-violates-constraint', message: expect.stringContaining('book_author_id_fkey') },
  },
];

test.each(faults)('$title is reported and everything put back', async ({ fault, expected }) => {
  const plan = libraryPlan({ authors: 12_000, breakBook: (id) => (id === broken ? fault : {}) });
  const rows = await digest({ url, tables: plan.tables });
  await expect(seed({ url, plan, seed: 3 })).rejects.toMatchObject(expected);
  expect(await readCatalog(url)).toEqual(catalog);
  expect(await digest({ url, tables: plan.tables })).toEqual(rows);
});

test('a finish() that fails undoes the run', async () => {
  const plan = {
    ...libraryPlan({ authors: 10 }),
    finish: async () => {
      throw new Error('no luck');
    },
  };
  const rows = await digest({ url, tables: plan.tables });
  await expect(seed({ url, plan, seed: 3 })).rejects.toThrow('no luck');
  expect(await digest({ url, tables: plan.tables })).toEqual(rows);
});

test('a failure after the end says that the rows are there', async () => {
  const plan = libraryPlan({ authors: 10 });
  const onProgress = ({ phase, done }: { phase: string; done: number }) => {
    if (phase === 'finish' && done === 1) throw new Error('the terminal is gone');
  };
  await expect(seed({ url, plan, seed: 3, onProgress })).rejects.toMatchObject({
    code: 'failed-after-load',
    message: 'the terminal is gone. The load was complete by then: the rows are there.',
  });
  expect((await digest({ url, tables: plan.tables })).tables.author?.rows).toBe(10);
});

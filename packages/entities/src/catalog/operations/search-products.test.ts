import { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { insertSearchableCatalog } from '../../../test/searchable-catalog.ts';
import { type ProductSearch, searchProducts } from '../../index.ts';

const shop = useOpenShop();
const eur = { currency: 'EUR' };

beforeAll(async () => {
  const client = new Client({ connectionString: String(shop().orm.config.get('clientUrl')) });
  await client.connect();
  await insertSearchableCatalog(client);
  await client.end();
});

const search = (input: ProductSearch) => searchProducts(shop().orm.em.fork(), input);
const handles = async (input: ProductSearch) =>
  (await search({ limit: 200, ...input })).products.map(({ handle }) => Number(handle.slice(5)));
const upTo60 = (keep: (n: number) => boolean) =>
  Array.from({ length: 60 }, (_, index) => index + 1).filter(keep);
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

test.each<{ by: string; input: ProductSearch; expected: (n: number) => boolean }>([
  { by: 'a word, stemmed', input: { text: 'shirts' }, expected: (n) => n % 2 === 0 },
  { by: 'without a word', input: { text: 'leather -17' }, expected: (n) => n % 2 === 1 && n !== 17 },
  { by: 'either word', input: { text: 'shirt or jacket' }, expected: () => true },
  { by: 'a phrase', input: { text: '"leather jacket"' }, expected: (n) => n % 2 === 1 },
  { by: 'a subtree', input: { categoryPath: 'wear' }, expected: () => true },
  { by: 'a category', input: { categoryPath: 'wear.shirts' }, expected: (n) => n % 2 === 0 },
  { by: 'no such category', input: { categoryPath: 'ware' }, expected: () => false },
  {
    by: 'values of an attribute',
    input: { attributes: { color: ['red', 'blue'] } },
    expected: (n) => n % 3 !== 1,
  },
  {
    by: 'a range of an attribute',
    input: { attributes: { weight: { min: 95, max: 200 } } },
    expected: (n) => n > 9 && n <= 20,
  },
  {
    by: 'a boolean, with a value',
    input: { attributes: { lined: [true], color: ['red'] } },
    expected: (n) => n % 12 === 0,
  },
  { by: 'a value of another type', input: { attributes: { weight: ['100'] } }, expected: () => false },
  {
    by: 'a range of the cheapest price',
    input: { price: { ...eur, minMinor: 1500n, maxMinor: 2000n } },
    expected: (n) => n >= 5 && n < 15,
  },
  { by: 'a currency without prices', input: { price: { currency: 'USD' } }, expected: () => false },
  {
    by: 'a list without prices: by those of base',
    input: { price: eur, priceList: 'sale' },
    expected: () => true,
  },
  {
    by: 'all of it',
    input: {
      text: 'shirt',
      categoryPath: 'wear',
      attributes: { color: ['green'], weight: { min: 100 } },
      price: { ...eur, maxMinor: 4000n },
    },
    expected: (n) => n % 2 === 0 && n % 3 === 1 && n >= 10 && n < 35,
  },
])('finds by $by', async ({ input, expected }) => {
  expect(ascending(await handles(input))).toEqual(upTo60(expected));
});

test('a misspelt word finds titles with a similar spelling', async () => {
  const page = await search({ text: 'lether jaket', limit: 200 });
  expect(page.match).toBe('spelling');
  expect(page.products).toHaveLength(30);
  expect(page.products.every(({ title }) => title.startsWith('Leather jacket'))).toBe(true);
  expect(await search({ text: 'qqqqq' })).toMatchObject({ products: [], next: undefined });
});

describe('pages', () => {
  const sorts: { name: string; input: ProductSearch; compare: (a: number, b: number) => number }[] = [
    { name: 'newest', input: { sort: 'newest' }, compare: (a, b) => Math.floor(b / 4) - Math.floor(a / 4) },
    {
      name: 'price-ascending',
      input: { sort: 'price-ascending', price: eur },
      compare: (a, b) => Math.floor(a / 5) - Math.floor(b / 5),
    },
    {
      name: 'price-descending',
      input: { sort: 'price-descending', price: eur },
      compare: (a, b) => Math.floor(b / 5) - Math.floor(a / 5),
    },
    { name: 'relevance', input: { text: 'shirt or jacket' }, compare: () => 0 },
    { name: 'relevance of spelling', input: { text: 'lether jaket' }, compare: () => 0 },
  ];

  test.each(sorts)('$name: each product once, while others are added', async ({ name, input, compare }) => {
    const whole = await handles(input);
    expect(whole).toEqual(whole.toSorted((a, b) => compare(a, b)));
    const seen: number[] = [];
    let cursor: string | undefined;
    const added: string[] = [];
    do {
      const page = await search({ ...input, limit: 7, ...(cursor ? { cursor } : {}) });
      seen.push(...page.products.map(({ handle }) => Number(handle.slice(5))));
      cursor = page.next;
      const [row] = await shop().rows<{ id: string }>(
        `insert into product (handle, title, status) values ('new-${name}-${added.length}', 'Parka', 'active')
         returning id`,
      );
      if (row) added.push(row.id);
    } while (cursor);
    expect(seen).toEqual(whole);
    await shop().rows(`update product set deleted_at = now() where handle like 'new-%'`);
  });

  test('a cursor of another order, or an invalid one, is refused', async () => {
    const { next } = await search({ sort: 'newest', limit: 1 });
    const wrong = { sort: 'price-ascending', price: eur, limit: 1 } as const;
    for (const cursor of [next ?? '', 'nonsense', Buffer.from('[1]').toString('base64url')]) {
      await expect(search({ ...wrong, cursor })).rejects.toMatchObject({ code: 'invalid-cursor' });
    }
  });
});

const weightUpTo200 = { weight: { max: 200 } };

test('facets count what each choice leaves', async () => {
  const { facets } = await search({
    text: 'shirt or jacket',
    attributes: weightUpTo200,
    price: eur,
    limit: 1,
    facets: { priceBoundsMinor: [2000n, 1500n] },
  });
  expect(facets?.categories).toEqual([{ path: 'wear', name: 'Wear', count: 20 }]);
  expect(facets?.prices).toEqual([
    { fromMinor: undefined, toMinor: 1500n, count: 4 },
    { fromMinor: 1500n, toMinor: 2000n, count: 5 },
    { fromMinor: 2000n, toMinor: undefined, count: 11 },
  ]);
  const [color, lined] = facets?.attributes ?? [];
  expect(color).toEqual({
    code: 'color',
    name: 'Color',
    values: [
      { value: 'blue', count: 7 },
      { value: 'green', count: 7 },
      { value: 'red', count: 6 },
    ],
  });
  expect(lined?.values).toEqual([
    { value: false, count: 15 },
    { value: true, count: 5 },
  ]);
  expect(facets?.isCapped).toBe(false);
});

test('a choice in a facet does not narrow its own counts', async () => {
  const { facets, products } = await search({
    categoryPath: 'wear.shirts',
    attributes: { color: ['red'], ...weightUpTo200 },
    price: { ...eur, maxMinor: 1999n },
    limit: 200,
    facets: { priceBoundsMinor: [1500n, 2000n] },
  });
  // Of the shirts, even numbers: red 3 n, of weight n * 10, at 15.00 EUR from the 5th on, at 20.00 EUR from the 10th on.
  expect(ascending(products.map(({ handle }) => Number(handle.slice(5))))).toEqual([6]);
  const values = Object.fromEntries((facets?.attributes ?? []).map((each) => [each.code, each.values]));
  expect(values['color']).toEqual([
    { value: 'blue', count: 2 },
    { value: 'green', count: 1 },
    { value: 'red', count: 1 },
  ]);
  expect(values['lined']).toEqual([{ value: false, count: 1 }]);
  expect(values['weight']).toEqual([{ value: 60, count: 1 }]);
  expect(facets?.prices).toMatchObject([
    { fromMinor: 1500n, count: 1 },
    { fromMinor: 2000n, count: 2 },
  ]);
  expect(facets?.categories).toEqual([
    { path: 'wear.jackets', name: 'Jackets', count: 2 },
    { path: 'wear.shirts', name: 'Shirts', count: 1 },
  ]);
  const wear = await search({ categoryPath: 'wear', facets: {} });
  expect(wear.facets?.categories).toEqual([
    { path: 'wear', name: 'Wear', count: 60 },
    { path: 'wear.jackets', name: 'Jackets', count: 30 },
    { path: 'wear.shirts', name: 'Shirts', count: 30 },
  ]);
});

test('the best matches of a text are not on a page if they have no price', async () => {
  await shop().rows(`insert into product (handle, title, status)
    select 'unpriced-' || n, 'Shirt shirt shirt', 'active' from generate_series(1, 50) n`);
  const input = { text: 'shirt', price: eur, limit: 20 } as const;
  const first = await search(input);
  const second = await search({ ...input, cursor: first.next ?? '' });
  expect([first.products.length, second.products.length, second.next]).toEqual([20, 10, undefined]);
  await shop().rows(`update product set deleted_at = now() where handle like 'unpriced-%'`);
});

test('drafts, deleted products and deleted variants are not found; nor are prices that are not current', async () => {
  const only = { attributes: { weight: [600] } };
  const found = () => handles({ ...only, price: eur });
  const change = (sql: string) => shop().rows(sql);
  expect(await found()).toEqual([60]);
  await change(`update product set status = 'draft' where handle = 'wear-60'`);
  expect(await found()).toEqual([]);
  await change(`update product set status = 'active', deleted_at = now() where handle = 'wear-60'`);
  expect(await found()).toEqual([]);
  await change(`update product set deleted_at = null where handle = 'wear-60'`);
  await change(`update product_variant set deleted_at = now() where sku = 'WEAR-60-1'`);
  expect((await search({ ...only, price: eur })).products[0]?.fromMinor).toBe(7001n);
  await change(`update price set valid = tstzrange(lower(valid), now()) from product_variant v
    where v.id = variant_id and sku = 'WEAR-60-2'`);
  expect(await found()).toEqual([]);
});

test('takes at most 9 statements, and refuses an invalid search', async () => {
  const { queries } = shop();
  queries.length = 0;
  const misspelt = { text: 'jaket', price: eur, attributes: { color: ['red'] }, facets: {} };
  await search({ ...misspelt, sort: 'price-ascending' });
  expect(queries).toHaveLength(9);
  for (const wrong of [
    { sort: 'relevance' },
    { sort: 'price-ascending' },
    { limit: 0 },
    { categoryPath: 'a..b' },
    { attributes: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a${n}`, [n]])) },
  ] as const) {
    await expect(search(wrong)).rejects.toMatchObject({ code: 'invalid-input' });
  }
  await expect(search({ priceList: 'none' })).rejects.toMatchObject({ code: 'price-list-not-found' });
});

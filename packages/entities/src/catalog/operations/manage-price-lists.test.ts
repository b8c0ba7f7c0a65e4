import { beforeAll, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  actingAs,
  createPriceList,
  endPriceList,
  findPrices,
  getProduct,
  type Pricing,
  searchProducts,
  setPrice,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
let variantIds: string[];
const set = (index: number, amountMinor: bigint, more: Partial<Pricing> = {}) =>
  setPrice(em(), {
    variantId: variantIds[index] ?? '',
    currency: 'EUR',
    priceList: 'sale',
    amountMinor,
    ...more,
  });
const amounts = async (priceList: string, currency = 'EUR') => {
  const prices = await findPrices(em(), { variantIds, currency, priceList });
  return variantIds.map((id) => prices.find(({ variantId }) => variantId === id)?.amountMinor);
};

// Three products at 10.00 EUR.
beforeAll(async () => {
  variantIds = [await shop().offer(), await shop().offer(), await shop().offer()];
  await createPriceList(em(), { code: 'sale', name: 'Sale' });
  await createPriceList(em(), { code: 'vip', name: 'VIP' });
});

test('a list is created once, and has a valid code', async () => {
  const create = (code: string) => createPriceList(em(), { code, name: 'x' });
  await expect(create('sale')).rejects.toMatchObject({ code: 'price-list-exists' });
  await expect(create('base')).rejects.toMatchObject({ code: 'price-list-exists' });
  await expect(create('Big sale')).rejects.toMatchObject({ code: 'invalid-input' });
});

test('what a list does not price has the price in base, in each currency', async () => {
  await set(0, 700n);
  await set(1, 1300n);
  await set(2, 500n, { from: new Date(Date.now() + 86_400_000) });
  await set(1, 1500n, { currency: 'USD' });
  await set(2, 1600n, { currency: 'USD', priceList: 'base' });
  expect(await amounts('sale')).toEqual([700n, 1300n, 1000n]);
  expect(await amounts('base')).toEqual([1000n, 1000n, 1000n]);
  expect(await amounts('sale', 'USD')).toEqual([undefined, 1500n, 1600n]);
  expect(await amounts('base', 'USD')).toEqual([undefined, undefined, 1600n]);
  const product = await getProduct(em(), { handle: 'product-2', currency: 'EUR', priceList: 'sale' });
  expect(product.variants[0]?.price).toEqual({
    amountMinor: 1000n,
    compareAtMinor: undefined,
    taxIncluded: false,
  });
});

test.each(['price-ascending', 'price-descending', 'newest'] as const)(
  'a search by a list, %s: pages of all that is on offer in it or in base',
  async (sort) => {
    const found: { handle: string; fromMinor: bigint | undefined }[] = [];
    let cursor: string | undefined;
    do {
      const input = { price: { currency: 'EUR' }, priceList: 'sale', sort, limit: 1 } as const;
      const page = await searchProducts(em(), { ...input, ...(cursor ? { cursor } : {}) });
      found.push(...page.products.map(({ handle, fromMinor }) => ({ handle, fromMinor })));
      cursor = page.next;
    } while (cursor);
    const expected = [
      { handle: 'product-0', fromMinor: 700n },
      { handle: 'product-2', fromMinor: 1000n },
      { handle: 'product-1', fromMinor: 1300n },
    ];
    if (sort === 'price-descending') expected.reverse();
    if (sort === 'newest') expected.sort((a, b) => (a.handle < b.handle ? 1 : -1));
    expect(found).toEqual(expected);
  },
);

test('a range of prices applies to the prices of the list', async () => {
  const inRange = async (minMinor: bigint, maxMinor: bigint) => {
    const price = { currency: 'EUR', minMinor, maxMinor };
    const { products } = await searchProducts(em(), { price, priceList: 'sale' });
    return products.map(({ handle }) => handle).toSorted();
  };
  expect(await inRange(600n, 800n)).toEqual(['product-0']);
  expect(await inRange(900n, 1100n)).toEqual(['product-2']);
});

test('a list that does not exist is refused, not taken for base', async () => {
  const none = { currency: 'EUR', priceList: 'none' };
  const unknown = { code: 'price-list-not-found', message: "There is no price list 'none'." };
  await expect(findPrices(em(), { variantIds, ...none })).rejects.toMatchObject(unknown);
  await expect(getProduct(em(), { handle: 'product-0', ...none })).rejects.toMatchObject(unknown);
  await expect(searchProducts(em(), { priceList: 'none' })).rejects.toMatchObject(unknown);
});

test('after its end a list has no price, now or later, and none can be set', async () => {
  const ended = await endPriceList(em(), { code: 'sale' });
  expect(await amounts('sale')).toEqual([1000n, 1000n, 1000n]);
  expect(
    await shop().rows(
      `select from price where price_list_code = 'sale' and (upper_inf(valid) or lower(valid) > now())`,
    ),
  ).toEqual([]);
  expect(await endPriceList(em(), { code: 'sale' })).toEqual(ended);
  await expect(set(0, 1n)).rejects.toMatchObject({ code: 'price-list-ended' });
  await expect(endPriceList(em(), { code: 'base' })).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(endPriceList(em(), { code: 'none' })).rejects.toMatchObject({ code: 'price-list-not-found' });
});

test('a price that is set while the list ends is refused or ends with it, without a deadlock', async () => {
  const settings = Array.from({ length: 30 }, (_, n) => set(n % 3, BigInt(n), { priceList: 'vip' }));
  const ends = [endPriceList(em(), { code: 'vip' }), endPriceList(em(), { code: 'vip' })];
  const outcomes = await Promise.allSettled(settings);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'price-list-ended' } });
  const [first, second] = await Promise.all(ends);
  expect(first).toEqual(second);
  expect(await shop().rows(`select from price where price_list_code = 'vip' and valid @> now()`)).toEqual([]);
});

test('the audit log has who created and ended a list, and why', async () => {
  const code = 'clearance';
  await actingAs('buyer:2', createPriceList)(em(), { code, name: 'Clearance', reason: 'old stock' });
  for (const actor of ['buyer:3', 'buyer:4']) {
    await actingAs(actor, endPriceList)(em(), { code, reason: 'sold out' });
  }
  expect(
    await shop().rows(`select actor, action, detail from audit_log where entity_id = '${code}' order by id`),
  ).toEqual([
    { actor: 'buyer:2', action: 'price_list.create', detail: { reason: 'old stock' } },
    { actor: 'buyer:3', action: 'price_list.end', detail: { reason: 'sold out' } },
  ]);
});

import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants } from '../../../test/placed-order.ts';
import { actingAs, createPriceList, getProduct, type Pricing, setPrice } from '../../index.ts';

const shop = useOpenShop();
const set = (variantId: string, amountMinor: bigint, more: Partial<Pricing> = {}) =>
  setPrice(shop().orm.em.fork(), { variantId, currency: 'EUR', amountMinor, ...more });
const prices = (variantId: string) =>
  shop().rows<{ amount: string; open: boolean }>(
    `select amount_minor as amount, upper_inf(valid) as open from price where variant_id = '${variantId}'
     order by lower(valid)`,
  );

test('closes the old price and opens the new one', async () => {
  const variant = await shop().offer();
  await set(variant, 900n, { compareAtMinor: 1000n });
  expect(await prices(variant)).toEqual([
    { amount: '1000', open: false },
    { amount: '900', open: true },
  ]);
});

test('a price from tomorrow leaves that of today; set again, it replaces the one that begins then', async () => {
  const variant = await shop().offer();
  const from = new Date(Date.now() + 86_400_000);
  await set(variant, 800n, { from });
  await set(variant, 700n, { from });
  expect(await prices(variant)).toEqual([
    { amount: '1000', open: false },
    { amount: '700', open: true },
  ]);
  const product = await getProduct(shop().orm.em.fork(), { handle: 'product-1', currency: 'EUR' });
  expect(product.variants[0]?.price?.amountMinor).toBe(1000n);
  await expect(set(variant, 1n)).rejects.toMatchObject({ name: 'PriceOverlap', code: 'price-overlap' });
  await set(variant, 950n, { until: from });
  expect(await prices(variant)).toEqual([
    { amount: '1000', open: false },
    { amount: '950', open: false },
    { amount: '700', open: true },
  ]);
});

test('each list and currency has its own prices', async () => {
  const variant = await shop().offer();
  await createPriceList(shop().orm.em.fork(), { code: 'sale', name: 'Sale' });
  await set(variant, 500n, { priceList: 'sale' });
  await set(variant, 1100n, { currency: 'USD' });
  expect((await prices(variant)).map(({ open }) => open)).toEqual([true, true, true]);
  await expect(set(variant, 1n, { priceList: 'none' })).rejects.toMatchObject({
    code: 'price-list-not-found',
  });
  await expect(set(variant, 1n, { currency: 'XXX' })).rejects.toMatchObject({ code: 'currency-not-found' });
  await expect(set(variant, 2n, { compareAtMinor: 1n })).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(set('00000000-0000-7000-8000-000000000000', 1n)).rejects.toMatchObject({
    code: 'variant-not-found',
  });
});

test('of concurrent prices with overlapping ranges some are refused, and the others do not overlap', async () => {
  const variant = await shop().offer();
  const dayMs = 86_400_000;
  const start = Date.now() + dayMs;
  const settings = Array.from({ length: 20 }, (_, n) => {
    const from = start + ((n * 7) % 20) * dayMs;
    return set(variant, BigInt(n), { from: new Date(from), until: new Date(from + 3 * dayMs) });
  });
  const outcomes = await Promise.allSettled(settings);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'price-overlap' });
  const overlaps = await shop().rows(
    `select from price a join price b on b.variant_id = a.variant_id and b.id <> a.id and b.valid && a.valid
     where a.variant_id = '${variant}'`,
  );
  expect(overlaps).toEqual([]);
  expect(await prices(variant)).toHaveLength(1 + 20 - refused.length);
});

test('20 concurrent prices are set one after another, and one of them is the price', async () => {
  const variant = await shop().offer();
  await Promise.all(Array.from({ length: 20 }, (_, index) => set(variant, BigInt(index))));
  const all = await prices(variant);
  expect(all).toHaveLength(21);
  expect(all.filter(({ open }) => open)).toHaveLength(1);
  await expectInvariants(shop());
});

test('the audit log has who set a price, what it was before, and why', async () => {
  const variantId = await shop().offer();
  const from = new Date(Date.now() + 60_000);
  const until = new Date(from.getTime() + 60_000);
  const pricing = { variantId, currency: 'EUR', amountMinor: 900n, from, until, reason: 'sale' };
  const id = await actingAs('buyer:2', setPrice)(shop().orm.em.fork(), pricing);
  const [entry] = await shop().rows<{ detail: { from: string } }>(
    `select actor, action, detail from audit_log where entity = 'price' and entity_id = '${id}'`,
  );
  const { from: began, ...detail } = entry?.detail ?? { from: '' };
  expect({ ...entry, detail }).toEqual({
    actor: 'buyer:2',
    action: 'price.set',
    detail: {
      variantId,
      priceList: 'base',
      currency: 'EUR',
      amountMinor: '900',
      previousMinor: '1000',
      until: until.toISOString(),
      reason: 'sale',
    },
  });
  expect(new Date(began)).toEqual(from);
});

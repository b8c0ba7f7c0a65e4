import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { outcomes, superuser } from '../../../test/placed-order.ts';
import {
  actingAs,
  endTaxRate,
  loadTaxRates,
  setTaxIncluded,
  setTaxRate,
  type TaxRateSetting,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

/** A tax of a class that no other test has. */
function newTax() {
  const tax = { taxClass: `c-${randomUUID().slice(0, 8)}`, countryCode: 'DE', code: 'VAT' };
  return {
    tax,
    set: (ratePpm: number, more: Partial<TaxRateSetting> = {}) =>
      setTaxRate(em(), { ...tax, ratePpm, ...more }),
    end: (at?: Date) => endTaxRate(em(), { ...tax, at }),
    rates: async () => {
      const rates = (await loadTaxRates(em())).filter(({ taxClass }) => taxClass === tax.taxClass);
      return rates.map(({ code, region, ratePpm, from, until }) => ({ code, region, ratePpm, from, until }));
    },
  };
}

describe('setTaxRate', () => {
  test('ends the rate that is valid when the new one begins, and keeps what was', async () => {
    const { tax, set, rates } = newTax();
    await set(190_000);
    const [july, january] = [inDays(30), inDays(60)];
    await set(160_000, { from: july, until: january, taxesShipping: false });
    await set(190_000, { from: january });
    expect(await rates()).toMatchObject([
      { ratePpm: 190_000, until: july },
      { ratePpm: 160_000, from: july, until: january },
      { ratePpm: 190_000, from: january, until: undefined },
    ]);
    await set(200_000, { until: july });
    expect((await rates()).map(({ ratePpm }) => ratePpm)).toEqual([200_000, 160_000, 190_000]);
    expect(
      await shop().rows(`select rate_ppm, upper(valid) <= now() as ended from tax_rate
        where tax_class = '${tax.taxClass}' and upper(valid) <= now()`),
    ).toEqual([{ rate_ppm: 190_000, ended: true }]);
  });

  test('of a region, and of another code, is another tax', async () => {
    const { set, rates } = newTax();
    await set(50_000);
    await set(70_000, { region: 'BC' });
    await set(10_000, { code: 'levy' });
    expect(
      (await rates()).map(({ code, region, ratePpm }) => `${code} ${region} ${ratePpm}`).toSorted(),
    ).toEqual(['VAT BC 70000', 'VAT undefined 50000', 'levy undefined 10000']);
  });

  test('refuses a beginning in the past, an end before it, and one that another rate overlaps', async () => {
    const { set, rates } = newTax();
    await set(190_000, { from: inDays(2) });
    expect(
      await outcomes([
        set(1, { from: inDays(-1) }),
        set(1, { from: inDays(3), until: inDays(2) }),
        set(1),
        set(1, { until: inDays(3) }),
        set(10_000_001),
      ]),
    ).toEqual(['invalid-input', 'invalid-input', 'invalid-input', 'tax-rate-overlap', 'tax-rate-overlap']);
    expect(await rates()).toMatchObject([{ ratePpm: 190_000 }]);
  });

  test('20 at once leave one rate after another, without a gap', async () => {
    const { tax, set } = newTax();
    await Promise.all(Array.from({ length: 20 }, (_, index) => set(index)));
    expect(
      await shop().rows(`select count(*)::int as rates, count(*) filter (where upper_inf(valid))::int as open,
          (range_agg(valid) = multirange(range_merge(range_agg(valid)))) as gapless
        from tax_rate where tax_class = '${tax.taxClass}'`),
    ).toEqual([{ rates: 20, open: 1, gapless: true }]);
  });

  test('is in the audit log with the rate before', async () => {
    const { tax, set } = newTax();
    await set(190_000);
    const id = await actingAs('accounting', setTaxRate)(em(), { ...tax, ratePpm: 160_000, reason: 'law' });
    await actingAs('accounting', endTaxRate)(em(), { ...tax, reason: 'moved' });
    const log = await (
      await superuser(shop())
    ).query(`select actor, action, detail - 'from' - 'at' as detail from audit_log
      where entity_id in ('${id}', 'DE ${tax.taxClass}') order by id`);
    expect(log.rows).toEqual([
      {
        actor: 'accounting',
        action: 'tax_rate.set',
        detail: { ...tax, ratePpm: 160_000, taxesShipping: true, previousPpm: 190_000, reason: 'law' },
      },
      {
        actor: 'accounting',
        action: 'tax_rate.end',
        detail: { ...tax, endedPpm: [160_000], reason: 'moved' },
      },
    ]);
  });
});

describe('endTaxRate', () => {
  test('ends the rate of then, and removes later ones', async () => {
    const { set, end, rates } = newTax();
    await set(190_000);
    await set(160_000, { from: inDays(30) });
    await end(inDays(10));
    expect(await rates()).toMatchObject([{ ratePpm: 190_000 }]);
    await end();
    expect(await rates()).toEqual([]);
  });

  test('refuses what has no rate, and a time in the past', async () => {
    const { set, end } = newTax();
    await expect(end()).rejects.toMatchObject({ name: 'UserError', code: 'tax-rate-not-found' });
    await set(1);
    await expect(end(inDays(-1))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('of two at once, one finds nothing left', async () => {
    const { set, end } = newTax();
    await set(1);
    expect(await outcomes([end(), end()])).toEqual(['done', 'tax-rate-not-found']);
  });
});

test('loadTaxRates takes one statement', async () => {
  expect(await shop().countStatements(() => loadTaxRates(em()))).toBe(1);
});

const taxSample = () => ({ ...newTax().tax, region: 'BY', reason: 'law' });
fuzzOperation(
  'setTaxRate',
  shop,
  sample(setTaxRate, () => ({
    ...taxSample(),
    ratePpm: 1,
    from: inDays(1),
    until: inDays(2),
    taxesShipping: false,
  })),
);
fuzzOperation(
  'endTaxRate',
  shop,
  sample(endTaxRate, async (shop) => {
    const tax = taxSample();
    await setTaxRate(shop.em(), { ...tax, ratePpm: 1 });
    return { ...tax, at: inDays(1) };
  }),
);
fuzzOperation(
  'loadTaxRates',
  shop,
  sample(
    async (em) => await loadTaxRates(em),
    () => ({}),
  ),
);
fuzzOperation(
  'setTaxIncluded',
  shop,
  sample(setTaxIncluded, () => ({ currency: 'USD', taxIncluded: false, reason: 'law' })),
);

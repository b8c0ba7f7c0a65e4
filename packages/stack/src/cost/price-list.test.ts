import { expect, test } from 'vitest';
import { priceList } from './price-list.ts';
import { unitOf } from './prices/units.ts';

const regions = Object.entries(priceList.regions);

test('every price is above zero, and its source says of when it is', () => {
  for (const [region, prices] of regions) {
    for (const [key, price] of Object.entries(prices)) {
      expect(price.usd, `${key} in ${region}`).toBeGreaterThan(0);
      expect(price.source, `${key} in ${region}`).toMatch(/\b20\d\d\b/);
    }
  }
});

test('the regions have the same prices', () => {
  const keys = regions.map(([, prices]) => Object.keys(prices).toSorted());
  expect(keys[0]).toEqual(keys[1]);
});

test.each([
  { key: 'rds.throughput.gp3', unit: 'MiB/s-month', what: 'that the list has no price of' },
  { key: 'rds.cluster.db.m6gd.large', unit: 'hour', what: 'of a class' },
  { key: 'nat.hour', unit: 'hour', what: 'of the list' },
  { key: 'toString', unit: undefined, what: 'that is not known' },
])('a key $what has the unit $unit', ({ key, unit }) => {
  expect(unitOf(key)).toBe(unit);
});

test('sizes are in proportion to the one that is known', () => {
  const prices = priceList.regions['eu-west-1'] ?? {};
  // AWS's own figures of these sizes, in the copy that has db.t3.xlarge and db.m5.24xlarge.
  expect(prices['rds.instance.db.t3.xlarge']).toMatchObject({ usd: 0.312, quality: 'published' });
  expect(prices['rds.instance.db.t3.medium']).toMatchObject({ usd: 0.078, quality: 'derived' });
  expect(prices['rds.instance.db.m5.large']).toMatchObject({ usd: 0.197, quality: 'derived' });
  expect(prices['rds.instance.db.t4g.micro']).toMatchObject({ usd: 0.017, quality: 'bill' });
});

test('what is computed from an unverified figure stays unverified', () => {
  const prices = priceList.regions['eu-west-1'] ?? {};
  expect(prices['rds.instance.db.m7g.large']).toMatchObject({ usd: 0.186, quality: 'not verified' });
  expect(prices['rds.instance.db.m7g.4xlarge']).toMatchObject({ usd: 1.488, quality: 'not verified' });
  expect(prices['rds.proxy']).toMatchObject({ quality: 'not verified' });
});

test('a third of the prices, at most, are not verified, those of a family counted once', () => {
  for (const [region, prices] of regions) {
    const figures = (of: typeof prices) => new Set(Object.keys(of).map(figureOf));
    const all = Object.entries(prices);
    const unverified = all.filter(([, { quality }]) => quality === 'not verified');
    const share = figures(Object.fromEntries(unverified)).size / figures(prices).size;
    expect(share, region).toBeLessThan(1 / 3);
  }
});

/** The sizes of a family have their prices from one figure. */
function figureOf(key: string): string {
  return key.startsWith('rds.instance.') ? key.slice(0, key.lastIndexOf('.')) : key;
}

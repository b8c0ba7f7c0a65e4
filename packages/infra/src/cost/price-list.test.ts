import { expect, test } from 'vitest';
import { priceList } from './price-list.ts';

const regions = Object.entries(priceList.regions);

test('every price is above zero, and has a source', () => {
  for (const [region, prices] of regions) {
    for (const [key, price] of Object.entries(prices)) {
      expect(price.usd, `${key} in ${region}`).toBeGreaterThan(0);
      expect(price.source, `${key} in ${region}`).not.toBe('');
    }
  }
});

test('the regions have the same prices', () => {
  const keys = regions.map(([, prices]) => Object.keys(prices).toSorted());
  expect(keys[0]).toEqual(keys[1]);
});

test('what is computed from an unverified figure stays unverified', () => {
  const prices = priceList.regions['eu-west-1'] ?? {};
  expect(prices['rds.instance.db.t3.medium']).toMatchObject({ usd: 0.078, quality: 'not verified' });
  expect(prices['rds.instance.db.t4g.micro']).toMatchObject({ usd: 0.017, quality: 'bill' });
});

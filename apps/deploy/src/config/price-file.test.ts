import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { priceList } from '@ecommerce-dms/stack';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPrices, pricePath, savePrices } from './price-file.ts';

const own = { usd: 1, per: 'hour', source: 'our contract', quality: 'bill' } as const;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prices-'));
});
afterEach(() => rm(root, { recursive: true }));

test.each<[string, string, RegExp]>([
  ['of 0', '{ "nat.hour": { "usd": 0, "per": "hour" } }', /usd/],
  ['below 0', '{ "nat.hour": { "usd": -1, "per": "hour" } }', /usd/],
  ['too large for a number', '{ "nat.hour": { "usd": 1e999, "per": "hour" } }', /usd/],
  ['that is no number', '{ "nat.hour": { "usd": NaN, "per": "hour" } }', /not JSON/],
  ['that is missing', '{ "nat.hour": { "usd": null, "per": "hour" } }', /usd/],
  ['by another unit', '{ "nat.hour": { "usd": 1, "per": "month" } }', /nat\.hour is paid per hour/],
  ['of a class by the month', '{ "rds.instance.db.x9.huge": { "usd": 1, "per": "month" } }', /paid per hour/],
])('a price %s is refused', async (_case, prices, message) => {
  const whole = prices.replace(' } }', ', "source": "ours", "quality": "bill" } }');
  await writeFile(pricePath(root), `{ "asOf": "2026-11-01", "regions": { "eu-west-1": ${whole} } }`);
  await expect(loadPrices(root)).rejects.toMatchObject({
    code: 'invalid-prices',
    exitCode: 2,
    message: expect.stringMatching(message),
  });
});

test('prices of a region that does not exist are refused, rather than never looked at', async () => {
  const regions = { 'eu-wset-1': { 'nat.hour': own } };
  await writeFile(pricePath(root), JSON.stringify({ asOf: '2026-11-01', regions }));
  await expect(loadPrices(root)).rejects.toThrow(/Did you mean eu-west-1/);
});

test('the list is as old as its oldest price, whatever was fetched since', async () => {
  await savePrices(root, 'eu-south-2', { 'nat.hour': own, secret: { ...own, per: 'month' } }, '2020-01-01');
  await savePrices(root, 'eu-south-2', { 'nat.hour': own }, '2026-11-30');
  expect(await loadPrices(root)).toMatchObject({ asOf: '2020-01-01' });
  await savePrices(root, 'eu-north-1', { 'nat.hour': own }, '2026-11-30');
  expect(await loadPrices(root)).toMatchObject({ asOf: '2020-01-01' });
});

test('once every price of the file is fetched again, those that come with the package are the oldest', async () => {
  await savePrices(root, 'eu-south-2', { 'nat.hour': own }, '2020-01-01');
  await savePrices(root, 'eu-south-2', { 'nat.hour': own }, '2030-01-01');
  expect(await loadPrices(root)).toMatchObject({ asOf: priceList.asOf });
});

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { broken, catalogDatabase, rowVersions } from '../../test/catalog-database.ts';
import { readCatalog, sampleCatalogPath } from './index.ts';

test('the sample catalog has no fault', async () => {
  const shop = await catalogDatabase();
  const catalog = await readCatalog(sampleCatalogPath);
  expect(catalog.faults).toEqual([]);
  const report = await shop.import(catalog);
  expect(report.products.created).toBeGreaterThanOrEqual(60);
  expect(report.variants.created).toBeGreaterThanOrEqual(200);
  expect(await broken(shop)).toEqual([]);
});

const apparel = fileURLToPath(new URL('../../../../../shared/data/apparel.csv', import.meta.url));
if (!existsSync(apparel)) console.log(`skipped: the golden run, because there is no ${apparel}`);

test.skipIf(!existsSync(apparel))('the real export of 20 products', async () => {
  const shop = await catalogDatabase();
  const catalog = await readCatalog(apparel);
  expect(catalog.faults).toEqual([]);
  expect(await shop.import(catalog)).toMatchObject({
    products: { created: 20 },
    variants: { created: 22 },
    media: { created: 20 },
    prices: { opened: 22, closed: 0 },
    stock: { received: 22 },
    categories: { created: 0 },
  });
  expect(
    await shop.rows(`select amount_minor, count(*)::integer from price group by 1 order by amount_minor`),
  ).toEqual([
    { amount_minor: '3000', count: 2 },
    { amount_minor: '5000', count: 7 },
    { amount_minor: '6000', count: 5 },
    { amount_minor: '6500', count: 2 },
    { amount_minor: '7000', count: 2 },
    { amount_minor: '7500', count: 1 },
    { amount_minor: '8000', count: 3 },
  ]);
  expect(
    await shop.rows(
      `select v.title, on_hand from product_variant v join product p on p.id = product_id join stock_level on variant_id = v.id where handle = 'classic-varsity-top' order by v.position`,
    ),
  ).toEqual([
    { title: 'Small', on_hand: 1 },
    { title: 'Medium', on_hand: 1 },
    { title: 'Large', on_hand: 1 },
  ]);
  const before = await rowVersions(shop);
  await shop.import(await readCatalog(apparel));
  expect(await rowVersions(shop)).toEqual(before);
  expect(await broken(shop)).toEqual([]);
});

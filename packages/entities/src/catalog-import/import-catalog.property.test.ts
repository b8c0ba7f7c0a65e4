import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aCatalog } from '../../test/catalog-arbitrary.ts';
import { broken, catalogDatabase, rowVersions } from '../../test/catalog-database.ts';
import { csv, readText, simpleRow } from '../../test/catalog-csv.ts';
import type { CatalogProduct } from './catalog.ts';

test('any catalog that the reader returns is imported, and changes nothing a second time', async () => {
  const shop = await catalogDatabase();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(aCatalog, async (generated) => {
      const products = withPrefix(generated, `${++run}-`);
      const catalog = {
        file: 'x',
        currency: 'EUR',
        currencyExponent: 2,
        products,
        faults: [],
        leftOut: [],
        ignoredColumns: [],
      };
      const { products: report } = await shop.import(catalog);
      expect(report).toEqual({ created: products.length, updated: 0, unchanged: 0 });
      const before = await rowVersions(shop);
      await shop.import(catalog);
      expect(await rowVersions(shop)).toEqual(before);
    }),
    { numRuns: 25 },
  );
  expect(await broken(shop)).toEqual([]);
});

test('the longest texts that the reader accepts fit the tables and their indexes', async () => {
  const shop = await catalogDatabase();
  // Different texts, which do not compress.
  let seed = 1;
  const cjk = (length: number) =>
    Array.from({ length }, () =>
      String.fromCodePoint(0x4e00 + ((seed = (seed * 48_271) % 2_147_483_647) % 20_000)),
    ).join('');
  const url = `https://example.com/${'x'.repeat(2028)}`;
  const words = Array.from({ length: 80_000 }, () =>
    (seed = (seed * 48_271) % 2_147_483_647).toString(36),
  ).join(' ');
  const catalog = await readText(
    csv([
      {
        ...simpleRow,
        Handle: cjk(255),
        Title: cjk(255),
        'Body (HTML)': words.slice(0, 524_288),
        Vendor: cjk(255),
        Type: cjk(200),
        Tags: [cjk(255), cjk(255)].join(','),
        'Product Category': Array.from({ length: 10 }, () => cjk(90)).join(' > '),
        'Option1 Name': cjk(100),
        'Option1 Value': cjk(120),
        'Option2 Name': cjk(100),
        'Option2 Value': cjk(120),
        'Option3 Name': cjk(100),
        'Option3 Value': cjk(120),
        'Variant SKU': cjk(255),
        'Variant Barcode': cjk(255),
        'Image Src': url,
        'Image Alt Text': cjk(1000),
        'Variant Price': '9999999999999.99',
        'Variant Inventory Qty': '1000000000',
        'Variant Inventory Policy': 'continue',
        'Variant Grams': '1000000000',
      },
    ]),
  );
  expect(catalog.faults).toEqual([]);
  expect(await shop.import(catalog)).toMatchObject({ products: { created: 1 }, categories: { created: 10 } });
});

function withPrefix(products: readonly CatalogProduct[], prefix: string): CatalogProduct[] {
  return products.map((product) => ({
    ...product,
    handle: prefix + product.handle,
    variants: product.variants.map((variant) => ({
      ...variant,
      sku: typeof variant.sku === 'string' ? prefix + variant.sku : null,
    })),
  }));
}

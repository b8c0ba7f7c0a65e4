import { isUserError } from '@ecommerce-dms/errors';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv, productRows, readText, simpleRow } from '../../test/catalog-csv.ts';
import type { CatalogProduct, CatalogVariant } from './catalog.ts';

const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).map((value) => value.replaceAll(/[\0\r\uFFFD]/g, '').trim());
const word = (unique: string) => text(12).map((value) => `${unique}${value}`);
const url = fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true });
/** Text of a list, where the file has a separator. */
const item = (separator: RegExp) => text(8).map((value) => value.replaceAll(separator, '').trim() || 'x');

const aVariant = (number: number, optionValues: string[]): fc.Arbitrary<CatalogVariant> =>
  fc.bigInt({ min: 0n, max: 2n ** 62n }).chain((priceMinor) =>
    fc.record({
      optionValues: fc.constant(optionValues),
      sku: fc.option(word(`sku-${number}-${optionValues.join('/')}`)),
      barcode: fc.option(word('b')),
      weightGrams: fc.nat(1_000_000_000),
      quantity: fc.option(fc.nat(1_000_000_000), { nil: undefined }),
      backorder: fc.boolean(),
      priceMinor: fc.constant(priceMinor),
      compareAtPriceMinor: fc.option(fc.bigInt({ min: priceMinor + 1n, max: 2n ** 63n - 1n })),
      requiresShipping: fc.boolean(),
      taxable: fc.boolean(),
      imageUrl: fc.option(url, { nil: undefined }),
    }),
  );

const aProduct = (number: number): fc.Arbitrary<CatalogProduct> =>
  fc
    .record({
      optionNames: fc.uniqueArray(item(/,/g), { maxLength: 3 }),
      values: fc.uniqueArray(item(/,/g), { minLength: 1, maxLength: 4 }),
      urls: fc.uniqueArray(url, { maxLength: 4 }),
    })
    .chain(({ optionNames, values, urls }) => {
      const count = optionNames.length === 0 ? 1 : values.length;
      const variants = values.slice(0, count).map((value) =>
        aVariant(
          number,
          optionNames.map(() => value),
        ),
      );
      return fc.record({
        handle: word(`p${number}-`),
        title: word('T'),
        bodyHtml: fc.string({ unit: 'grapheme' }).map((body) => body.replaceAll(/[\0\r\uFFFD]/g, '\n')),
        vendor: text(20),
        productType: text(20),
        categoryPath: fc.array(item(/>/g), { minLength: 1, maxLength: 4 }),
        tags: fc.uniqueArray(item(/,/g), { maxLength: 4 }),
        status: fc.constantFrom('draft' as const, 'active' as const, 'archived' as const),
        giftCard: fc.boolean(),
        optionNames: fc.constant(optionNames),
        variants: fc.tuple(...variants),
        images: fc.tuple(
          ...urls.map((url, index) =>
            fc.record({ url: fc.constant(url), position: fc.constant(index + 1), altText: text(20) }),
          ),
        ),
      });
    });

const aCatalog = fc
  .nat(8)
  .chain((count) => fc.tuple(...Array.from({ length: count + 1 }, (_, number) => aProduct(number))));

test('any catalog that is written as a CSV reads back equal', async () => {
  await fc.assert(
    fc.asyncProperty(
      aCatalog,
      fc.constantFrom(0, 2, 3),
      fc.integer({ min: 1, max: 200 }),
      async (products, exponent, chunkSize) => {
        const currency = exponent === 0 ? 'JPY' : exponent === 2 ? 'EUR' : 'KWD';
        const catalog = await readText(csv(productRows(products, exponent)), { currency }, chunkSize);
        expect(catalog.faults).toEqual([]);
        expect(catalog.products).toEqual(products);
      },
    ),
    { numRuns: 60 },
  );
});

test('arbitrary bytes end in a catalog or in a UserError', async () => {
  const start = Buffer.from(csv([simpleRow]));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (bytes, headed, chunkSize) => {
        const input = headed ? Buffer.concat([start, bytes]) : Buffer.from(bytes);
        expect(await outcomeFaults(input, chunkSize)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('arbitrary text of the format ends in a catalog or in a UserError', async () => {
  const piece = fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\0',
    '\uFEFF',
    'lamp',
    'Lamp',
    'Title',
    'Default Title',
    '1.00',
    'https://example.com/a.jpg',
    ' ',
    '>',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 80 }),
      fc.integer({ min: 1, max: 50 }),
      async (pieces, chunkSize) => {
        const input = Buffer.from(csv([{ ...simpleRow, 'Image Src': '' }]) + pieces.join(''));
        expect(await outcomeFaults(input, chunkSize)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

/** What is wrong with the outcome: nothing, for a catalog that is sound or a UserError. */
async function outcomeFaults(input: Buffer, chunkSize: number): Promise<string[]> {
  const catalog = await readText(input, {}, chunkSize).catch((error: unknown) => {
    if (isUserError(error) && error.exitCode === 2) return undefined;
    throw error;
  });
  if (catalog === undefined) return [];
  const { products, faults, leftOut } = catalog;
  return [
    ...(products.length + faults.length === 0 ? ['neither products nor faults'] : []),
    ...products.filter(({ handle }) => leftOut.includes(handle)).map(({ handle }) => `${handle} is left out`),
    ...faults.filter(({ line }) => !(line > 0)).map(({ line }) => `line ${line}`),
  ];
}

import * as fc from 'fast-check';
import { maxAmountMinor } from '../src/bounds.ts';
import type { CatalogProduct, CatalogVariant } from '../src/catalog-import/catalog.ts';

const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).map((value) => value.replaceAll(/[\0\r\uFFFD]/g, '').trim());
const word = (unique: string) => text(12).map((value) => `${unique}${value}`);
const url = fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true });
/** Text of a list, where the file has a separator. */
const item = (separator: RegExp) => text(8).map((value) => value.replaceAll(separator, '').trim() || 'x');

const aVariant = (number: number, optionValues: string[]): fc.Arbitrary<CatalogVariant> =>
  fc.bigInt({ min: 0n, max: maxAmountMinor - 1n }).chain((priceMinor) =>
    fc.record({
      optionValues: fc.constant(optionValues),
      sku: fc.option(word(`sku-${number}-${optionValues.join('/')}`)),
      barcode: fc.option(word('b')),
      weightGrams: fc.nat(1_000_000_000),
      quantity: fc.option(fc.nat(1_000_000_000), { nil: undefined }),
      backorder: fc.boolean(),
      priceMinor: fc.constant(priceMinor),
      compareAtPriceMinor: fc.option(fc.bigInt({ min: priceMinor + 1n, max: maxAmountMinor })),
      requiresShipping: fc.boolean(),
      taxable: fc.boolean(),
      taxClass: fc.constantFrom(undefined, 'standard', 'reduced'),
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

/** Products with distinct handles and SKUs, as the reader gives them. */
export const aCatalog = fc
  .nat(8)
  .chain((count) => fc.tuple(...Array.from({ length: count + 1 }, (_, number) => aProduct(number))));

import type { CatalogVariant } from './catalog.ts';
import {
  orEmpty,
  parseBoolean,
  parseCount,
  parseGrams,
  parseImageUrl,
  parseSlug,
  parseWord,
} from './parse-cell.ts';
import { parseMoney } from './parse-money.ts';
import type { Row } from './row.ts';

const options = [
  { name: 'option1Name', value: 'option1Value' },
  { name: 'option2Name', value: 'option2Value' },
  { name: 'option3Name', value: 'option3Value' },
] as const;
const ownColumns = ['sku', 'barcode', 'quantity', 'price', 'compareAtPrice'] as const;
/** The unique index on the options of a variant takes rows of about 2,700 bytes. */
const maxOptionBytes = 2000;

/** Whether the row describes a variant; otherwise it only has an image. */
export function hasVariant(row: Row): boolean {
  return [...options.map(({ value }) => value), ...ownColumns].some((column) => row.cell(column) !== '');
}

/** The names of a product's options, from its first row. */
export function readOptionNames(row: Row): string[] {
  // How Shopify writes a product without options.
  if (row.cell('option1Name') === 'Title' && row.cell('option1Value') === 'Default Title') return [];
  const names = options.map(({ name }) => row.cell(name));
  const count = names.findLastIndex((name) => name !== '') + 1;
  for (const [index, { name }] of options.slice(0, count).entries()) {
    if (names[index] === '') row.fault(name, 'is empty, although a later option has a name');
    else if (names.indexOf(row.cell(name)) < index) row.fault(name, 'is the name of an earlier option too');
  }
  return names.slice(0, count);
}

/** Reads the variant of a row whose product has these options. */
export function readVariant(
  row: Row,
  optionNames: readonly string[],
  currencyExponent: number,
): CatalogVariant {
  const parsePrice = (text: string) => parseMoney(text, currencyExponent);
  row.parse('weightUnit', parseWord(['g', 'kg', 'lb', 'oz']));
  const priceMinor =
    row.parse('price', (text) => (text === '' ? { reason: 'is empty' } : parsePrice(text))) ?? 0n;
  let compareAtPriceMinor = row.parse('compareAtPrice', orEmpty(null, parsePrice));
  // Some exports write 0 for "none".
  if (compareAtPriceMinor === 0n) compareAtPriceMinor = null;
  if (typeof compareAtPriceMinor === 'bigint' && compareAtPriceMinor < priceMinor) {
    row.fault('compareAtPrice', 'is lower than the price');
  }
  const policy = row.parse('policy', parseWord(['deny', 'continue']));
  return {
    optionValues: readOptionValues(row, optionNames),
    sku: row.text('sku') === '' ? null : row.text('sku'),
    barcode: row.text('barcode') === '' ? null : row.text('barcode'),
    weightGrams: row.parse('grams', parseGrams),
    quantity: row.parse('quantity', orEmpty(undefined, parseCount)),
    backorder: policy === undefined ? undefined : policy === 'continue',
    priceMinor,
    compareAtPriceMinor,
    requiresShipping: row.parse('requiresShipping', parseBoolean),
    taxable: row.parse('taxable', parseBoolean),
    taxClass: row.parse('taxClass', orEmpty(undefined, parseSlug)),
    imageUrl: row.parse('variantImage', orEmpty(undefined, parseImageUrl)),
  };
}

function readOptionValues(row: Row, optionNames: readonly string[]): string[] {
  const values: string[] = [];
  for (const [index, { name, value }] of options.entries()) {
    const productsName = optionNames[index];
    const isDefaultTitle = optionNames.length === 0 && index === 0 && row.cell(value) === 'Default Title';
    if (productsName === undefined) {
      if (row.cell(value) !== '' && !isDefaultTitle)
        row.fault(value, 'is the value of an option without a name');
      continue;
    }
    if (row.cell(name) !== '' && row.cell(name) !== productsName) {
      row.fault(name, `is not the name in the product's first row, ${JSON.stringify(productsName)}`);
    }
    if (row.cell(value) === '')
      row.fault(value, `is empty; the product has the option ${JSON.stringify(productsName)}`);
    values.push(row.cell(value));
  }
  if (Buffer.byteLength([...optionNames, ...values].join('')) > maxOptionBytes) {
    row.fault(
      'option1Value',
      `names and values of the options have more than ${maxOptionBytes} bytes together`,
    );
  }
  return values;
}

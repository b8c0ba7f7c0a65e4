import { Readable } from 'node:stream';
import type { CatalogProduct } from '../src/catalog-import/catalog.ts';
import { type Catalog, type ReadCatalogOptions, readCatalog } from '../src/catalog-import/index.ts';

type CsvRow = Record<string, string>;

/** A CSV of these rows, every cell quoted; the header is that of the first row. */
export function csv(rows: readonly CsvRow[], newline = '\r\n'): string {
  const header = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
  return (
    [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))].map(line).join(newline) + newline
  );
}

/** A row of a product without options that sells for 10.00. */
export const simpleRow: CsvRow = {
  Handle: 'lamp',
  Title: 'Lamp',
  'Option1 Name': 'Title',
  'Option1 Value': 'Default Title',
  'Variant Price': '10.00',
};

/** A shirt in size S, with a value in every column that is stored, and the same in size M. */
export const shirt = {
  ...simpleRow,
  Handle: 'shirt',
  Title: 'Shirt',
  'Body (HTML)': '<p>Soft</p>',
  Vendor: 'Weaver',
  'Product Category': "Apparel > Men's > Shirts",
  Type: 'Shirt',
  Tags: 'cotton, summer',
  Status: 'active',
  'Option1 Name': 'Size',
  'Option1 Value': 'S',
  'Option2 Name': 'Color',
  'Option2 Value': 'Red',
  'Variant SKU': 'SH-S',
  'Variant Barcode': '401',
  'Variant Grams': '200',
  'Variant Inventory Qty': '10',
  'Variant Inventory Policy': 'deny',
  'Variant Price': '19.90',
  'Variant Compare At Price': '25',
  'Variant Requires Shipping': 'true',
  'Variant Taxable': 'false',
  'Variant Image': 'https://example.com/red.jpg',
  'Image Src': 'https://example.com/front.jpg',
  'Image Position': '1',
  'Image Alt Text': 'Front',
};
export const shirtM = {
  Handle: 'shirt',
  'Option1 Value': 'M',
  'Option2 Value': 'Red',
  'Variant SKU': 'SH-M',
  'Variant Price': '0',
  'Variant Inventory Qty': '0',
  'Variant Inventory Policy': 'continue',
  'Variant Image': 'https://example.com/red.jpg',
};

/** Reads text, in chunks of a few bytes if asked. */
export async function readText(
  text: string | Buffer,
  options?: ReadCatalogOptions,
  chunkSize = 65_536,
): Promise<Catalog> {
  const bytes = Buffer.from(text);
  function* chunks(): Generator<Buffer> {
    for (let start = 0; start < bytes.length; start += chunkSize)
      yield bytes.subarray(start, start + chunkSize);
  }
  return await readCatalog(Readable.from(chunks()), { file: 'shop.csv', ...options });
}

/** The rows that Shopify would export for the products, prices with `exponent` decimals. */
export function productRows(products: readonly CatalogProduct[], exponent: number): CsvRow[] {
  return products.flatMap((product) => {
    const count = Math.max(product.variants.length, product.images.length);
    return Array.from({ length: count }, (_, index) => productRow(product, index, exponent));
  });
}

function productRow(product: CatalogProduct, index: number, exponent: number): CsvRow {
  const variant = product.variants[index];
  const image = product.images[index];
  const row: CsvRow = {
    Handle: product.handle,
    Title: index === 0 ? product.title : '',
    'Body (HTML)': index === 0 ? (product.bodyHtml ?? '') : '',
    Vendor: index === 0 ? (product.vendor ?? '') : '',
    'Product Category': index === 0 ? product.categoryPath.join(' > ') : '',
    Type: index === 0 ? (product.productType ?? '') : '',
    Tags: index === 0 ? (product.tags ?? []).join(', ') : '',
    Status: index === 0 ? (product.status ?? '') : '',
    'Gift Card': index === 0 ? String(product.giftCard ?? '') : '',
  };
  for (const option of [0, 1, 2]) {
    row[`Option${option + 1} Name`] = index === 0 ? (product.optionNames[option] ?? '') : '';
    row[`Option${option + 1} Value`] = variant?.optionValues[option] ?? '';
  }
  if (index === 0 && product.optionNames.length === 0) {
    row['Option1 Name'] = 'Title';
    row['Option1 Value'] = 'Default Title';
  }
  return {
    ...row,
    'Variant SKU': variant?.sku ?? '',
    'Variant Barcode': variant?.barcode ?? '',
    'Variant Grams': String(variant?.weightGrams ?? ''),
    'Variant Inventory Qty': String(variant?.quantity ?? ''),
    'Variant Inventory Policy': variant === undefined ? '' : variant.backorder ? 'continue' : 'deny',
    'Variant Price': variant === undefined ? '' : decimal(variant.priceMinor, exponent),
    'Variant Compare At Price':
      typeof variant?.compareAtPriceMinor === 'bigint' ? decimal(variant.compareAtPriceMinor, exponent) : '',
    'Variant Requires Shipping': variant === undefined ? '' : String(variant.requiresShipping),
    'Variant Taxable': variant === undefined ? '' : String(variant.taxable),
    'Variant Tax Class': variant?.taxClass ?? '',
    'Variant Image': variant?.imageUrl ?? '',
    'Image Src': image?.url ?? '',
    'Image Position': image === undefined ? '' : String(image.position),
    'Image Alt Text': image?.altText ?? '',
  };
}

/** The amount as a decimal number: 1990n with exponent 2 is `19.90`. */
export function decimal(minor: bigint, exponent: number): string {
  if (exponent === 0) return String(minor);
  const digits = String(minor).padStart(exponent + 1, '0');
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

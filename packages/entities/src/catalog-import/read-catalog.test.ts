import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUserError } from '@ecommerce-dms/errors';
import { expect, onTestFinished, test } from 'vitest';
import { csv, readText, simpleRow } from '../../test/catalog-csv.ts';
import { readCatalog } from './index.ts';

test('assembles the rows of a product', async () => {
  const catalog = await readText(
    csv([
      {
        ...simpleRow,
        Handle: 'shirt',
        Title: 'Shirt',
        'Option1 Name': 'Size',
        'Option1 Value': 'S',
        'Option2 Name': 'Color',
        'Option2 Value': 'Red',
        'Body (HTML)': '<p>Soft,\r\n"very" soft.</p>\r\n',
        Tags: ' summer, cotton ,,summer',
        'Product Category': 'Apparel > Tops > Shirts',
        Type: 'Shirt',
        'Variant SKU': 'SH-S-R',
        'Variant Barcode': '',
        'Variant Inventory Qty': '3',
        'Variant Inventory Policy': 'CONTINUE',
        'Variant Grams': '199.6',
        'Variant Weight Unit': 'kg',
        'Variant Compare At Price': '12.5',
        'Image Src': 'https://example.com/b.jpg',
        'Image Position': '2',
        'Image Alt Text': 'Back',
      },
      { ...simpleRow },
      {
        Handle: 'shirt',
        'Option1 Value': 'M',
        'Option2 Value': 'Red',
        'Variant Price': '0',
        'Image Src': 'https://example.com/a.jpg',
        'Image Position': '1',
      },
      { Handle: 'shirt', 'Image Src': 'https://example.com/c.jpg', 'Image Position': '3' },
    ]),
  );
  expect(catalog.faults).toEqual([]);
  expect(catalog.products).toMatchObject([
    {
      handle: 'shirt',
      title: 'Shirt',
      bodyHtml: '<p>Soft,\n"very" soft.</p>\n',
      categoryPath: ['Apparel', 'Tops', 'Shirts'],
      productType: 'Shirt',
      tags: ['summer', 'cotton'],
      optionNames: ['Size', 'Color'],
      variants: [
        {
          optionValues: ['S', 'Red'],
          sku: 'SH-S-R',
          barcode: null,
          quantity: 3,
          backorder: true,
          weightGrams: 200,
          priceMinor: 1000n,
          compareAtPriceMinor: 1250n,
        },
        {
          optionValues: ['M', 'Red'],
          sku: null,
          quantity: undefined,
          backorder: false,
          weightGrams: 0,
          priceMinor: 0n,
          compareAtPriceMinor: null,
        },
      ],
      images: [
        { url: 'https://example.com/a.jpg', position: 1, altText: '' },
        { url: 'https://example.com/b.jpg', position: 2, altText: 'Back' },
        { url: 'https://example.com/c.jpg', position: 3, altText: '' },
      ],
    },
    { handle: 'lamp', optionNames: [], variants: [{ optionValues: [], priceMinor: 1000n }], images: [] },
  ]);
});

test('the value of a column that the file does not have is undefined', async () => {
  const { products } = await readText(csv([simpleRow]));
  expect(products).toEqual([
    {
      handle: 'lamp',
      title: 'Lamp',
      categoryPath: [],
      optionNames: [],
      variants: [{ optionValues: [], priceMinor: 1000n }],
      images: [],
    },
  ]);
});

test('reads the newer headers, and ignores unknown columns', async () => {
  const catalog = await readText(
    csv([
      {
        Title: 'Lamp',
        'URL handle': 'lamp',
        Description: 'Bright',
        'Option1 name': 'Title',
        'Option1 value': 'Default Title',
        'Option1 Linked To': '',
        SKU: 'L-1',
        Price: '5',
        'Compare-at price': '0.00',
        'Charge tax': 'TRUE',
        'Inventory quantity': '7',
        'Continue selling when out of stock': 'DENY',
        'Weight value (grams)': '1000',
        'Requires shipping': '',
        'Product image URL': 'https://example.com/l.jpg',
        'Included / Europe': 'TRUE',
        'Price / Europe': 'soon',
        'Published on online store': '',
      },
    ]),
  );
  expect(catalog.faults).toEqual([]);
  expect(catalog.products).toMatchObject([
    {
      handle: 'lamp',
      bodyHtml: 'Bright',
      status: 'active',
      variants: [
        {
          sku: 'L-1',
          priceMinor: 500n,
          compareAtPriceMinor: null,
          taxable: true,
          requiresShipping: false,
          quantity: 7,
          backorder: false,
          weightGrams: 1000,
        },
      ],
      images: [{ position: 1 }],
    },
  ]);
  expect(catalog.ignoredColumns).toEqual(['Option1 Linked To', 'Included / Europe', 'Price / Europe']);
});

test.each([
  { status: '', published: '', expected: 'active' },
  { status: '', published: 'true', expected: 'active' },
  { status: '', published: 'FALSE', expected: 'draft' },
  { status: 'active', published: 'false', expected: 'draft' },
  { status: 'Draft', published: 'true', expected: 'draft' },
  { status: 'unlisted', published: 'true', expected: 'draft' },
  { status: 'archived', published: 'true', expected: 'archived' },
])('status "$status" and published "$published" make $expected', async ({ status, published, expected }) => {
  const { products } = await readText(csv([{ ...simpleRow, Status: status, Published: published }]));
  expect(products).toMatchObject([{ status: expected }]);
});

test.each(['\n', '\r\n', '\r'])(
  'reads files with a byte order mark, line end %j, blank lines, in pieces',
  async (newline) => {
    const text = `\uFEFF${csv([{ ...simpleRow, Vendor: 'Käse & Söhne 🧀' }, { Handle: '' }, { Handle: 'lamp', 'Variant Price': 'x' }], newline)}${newline.repeat(3)}`;
    for (const chunkSize of [1, 2, 3, 7, 65_536]) {
      const catalog = await readText(text.replace('"Lamp"', `"La${newline}mp"`), {}, chunkSize);
      expect(catalog.faults).toMatchObject([
        { line: 5, value: 'x' },
        { line: 5, value: '' },
      ]);
    }
  },
);

test('prices are read with the exponent of the currency', async () => {
  const text = csv([{ ...simpleRow, 'Variant Price': '1000' }]);
  expect((await readText(text, { currency: 'JPY' })).products[0]?.variants[0]?.priceMinor).toBe(1000n);
  expect((await readText(text, { currency: 'KWD' })).products[0]?.variants[0]?.priceMinor).toBe(1000_000n);
  await expect(readText(text, { currency: 'dollars' })).rejects.toMatchObject({
    code: 'invalid-settings',
    exitCode: 2,
  });
});

test.each([
  { what: 'empty', text: '', message: 'is empty' },
  { what: 'blank lines only', text: '\n\n\n', message: 'is empty' },
  { what: 'a header only', text: csv([simpleRow]).split('\r\n')[0] ?? '', message: 'a header and no rows' },
  {
    what: 'a header and commas',
    text: `${csv([simpleRow]).split('\r\n')[0]}\n,,,,\n,,,,\n`,
    message: 'no rows',
  },
  {
    what: 'missing columns',
    text: 'Handle,Body (HTML)\nlamp,Bright\n',
    message:
      '"Title" is missing; the column "Option1 Name" is missing; the column "Option1 Value" is missing; the column "Variant Price" or "Price" is missing',
  },
  {
    what: 'a repeated column',
    text: csv([{ ...simpleRow, 'URL handle': 'lamp' }]),
    message: '"URL handle" is repeated (as "Handle")',
  },
  { what: 'another separator', text: csv([simpleRow]).replaceAll(',', ';'), message: 'not a CSV file' },
  {
    what: 'UTF-16',
    text: Buffer.from(`\uFEFF${csv([simpleRow])}`, 'utf16le'),
    message: 'not a CSV file in UTF-8',
  },
  { what: 'an executable', text: Buffer.from('\x7fELF\x02\x01\x01\0\0\0'), message: 'not a CSV file' },
  {
    what: 'a quote that opens a huge cell',
    text: `${csv([simpleRow])}lamp,"${'x'.repeat(5_000_000)}`,
    message: 'shop.csv:3:',
  },
])('$what is a usage error', async ({ text, message }) => {
  const error: unknown = await readText(text).catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: 'invalid-catalog',
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});

test('a missing file and a folder are usage errors', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await expect(readCatalog(join(folder, 'none.csv'))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('none.csv does not exist'),
  });
  await expect(readCatalog(folder)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('is a folder'),
  });
  await expect(readCatalog(join(folder, 'a\0b'))).rejects.toSatisfy(isUserError);
  await writeFile(join(folder, 'ok.csv'), csv([simpleRow]));
  expect((await readCatalog(join(folder, 'ok.csv'))).products).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { csv, readText, simpleRow } from '../../test/catalog-csv.ts';
import { formatCatalogFault } from './index.ts';

const allColumns = {
  ...simpleRow,
  'Body (HTML)': '',
  Vendor: '',
  'Product Category': '',
  Tags: '',
  Status: '',
  Published: '',
  'Gift Card': '',
  'Option2 Name': '',
  'Option2 Value': '',
  'Option3 Name': '',
  'Option3 Value': '',
  'Variant SKU': '',
  'Variant Grams': '',
  'Variant Weight Unit': '',
  'Variant Inventory Qty': '',
  'Variant Inventory Policy': '',
  'Variant Compare At Price': '',
  'Variant Requires Shipping': '',
  'Variant Taxable': '',
  'Variant Tax Class': '',
  'Image Src': '',
  'Image Position': '',
  'Image Alt Text': '',
};

async function faultsOf(...rows: Record<string, string>[]): Promise<string[]> {
  const catalog = await readText(csv([{ ...allColumns, Handle: 'good', Title: 'Good' }, ...rows]));
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['good']);
  return catalog.faults.map(formatCatalogFault);
}

test.each<{ cells: Record<string, string>; fault: string }>([
  { cells: { 'Variant Price': '-1' }, fault: 'Variant Price "-1": is negative' },
  { cells: { 'Variant Price': 'ten' }, fault: 'Variant Price "ten": is not a decimal number like 19.90' },
  { cells: { 'Variant Price': '9.999' }, fault: 'Variant Price "9.999": has 3 decimals; the currency has 2' },
  { cells: { 'Variant Price': '' }, fault: 'Variant Price "": is empty' },
  {
    cells: { 'Variant Compare At Price': '9' },
    fault: 'Variant Compare At Price "9": is lower than the price',
  },
  { cells: { 'Variant Inventory Qty': '1.5' }, fault: 'Variant Inventory Qty "1.5": is not a whole number' },
  { cells: { 'Variant Inventory Qty': '-2' }, fault: 'Variant Inventory Qty "-2": is negative' },
  {
    cells: { 'Variant Inventory Qty': '9999999999' },
    fault: 'Variant Inventory Qty "9999999999": is more than 1000000000',
  },
  {
    cells: { 'Variant Inventory Policy': 'maybe' },
    fault: 'Variant Inventory Policy "maybe": is not one of deny, continue',
  },
  { cells: { 'Variant Grams': 'heavy' }, fault: 'Variant Grams "heavy": is not a weight in grams' },
  {
    cells: { 'Variant Weight Unit': 'stone' },
    fault: 'Variant Weight Unit "stone": is not one of g, kg, lb, oz',
  },
  {
    cells: { 'Variant Tax Class': 'Reduced rate' },
    fault: 'Variant Tax Class "Reduced rate": is not words of a-z and 0-9, joined by hyphens',
  },
  { cells: { 'Variant Taxable': 'yes' }, fault: 'Variant Taxable "yes": is neither true nor false' },
  {
    cells: { 'Variant Requires Shipping': '1' },
    fault: 'Variant Requires Shipping "1": is neither true nor false',
  },
  { cells: { 'Gift Card': 'no' }, fault: 'Gift Card "no": is neither true nor false' },
  { cells: { Published: 'soon' }, fault: 'Published "soon": is neither true nor false' },
  { cells: { Status: 'live' }, fault: 'Status "live": is not one of active, draft, archived, unlisted' },
  {
    cells: { 'Option1 Name': '', 'Option1 Value': 'Small' },
    fault: 'Option1 Value "Small": is the value of an option without a name',
  },
  {
    cells: { 'Option2 Value': 'Red' },
    fault: 'Option2 Value "Red": is the value of an option without a name',
  },
  {
    cells: { 'Option1 Name': 'Size', 'Option1 Value': '' },
    fault: 'Option1 Value "": is empty; the product has the option "Size"',
  },
  {
    cells: { 'Option1 Name': '', 'Option2 Name': 'Size', 'Option2 Value': 'S', 'Option1 Value': 'x' },
    fault: 'Option1 Name "": is empty, although a later option has a name',
  },
  {
    cells: { 'Option1 Name': 'Size', 'Option2 Name': 'Size', 'Option2 Value': 'S' },
    fault: 'Option2 Name "Size": is the name of an earlier option too',
  },
  {
    cells: {
      'Option1 Name': 'a',
      'Option1 Value': '€'.repeat(255),
      'Option2 Name': 'b',
      'Option2 Value': '€'.repeat(255),
      'Option3 Name': 'c',
      'Option3 Value': '€'.repeat(255),
    },
    fault: `Option1 Value "${'€'.repeat(100)}...": names and values of the options have more than 2000 bytes together`,
  },
  {
    cells: { 'Image Src': 'javascript:alert(1)' },
    fault: 'Image Src "javascript:alert(1)": is not an http(s) URL',
  },
  {
    cells: { 'Image Src': 'https://example.com/a b.jpg' },
    fault: 'Image Src "https://example.com/a b.jpg": is not an http(s) URL',
  },
  {
    cells: { 'Image Src': 'https://example.com/a.jpg', 'Image Position': '0' },
    fault: 'Image Position "0": is not a position from 1',
  },
  {
    cells: { 'Image Src': 'https://example.com/a.jpg', 'Image Position': 'first' },
    fault: 'Image Position "first": is not a whole number',
  },
  { cells: { Vendor: 'A\0B' }, fault: 'Vendor "A\\u0000B": contains a NUL byte' },
  {
    cells: { Title: 'T'.repeat(256) },
    fault: `Title "${'T'.repeat(100)}...": has 256 characters; 255 are allowed`,
  },
  {
    cells: { Tags: 'T,'.repeat(32_769) },
    fault: `Tags "${'T,'.repeat(50)}...": has 65538 characters; 65536 are allowed`,
  },
  {
    cells: { Tags: 'T'.repeat(256) },
    fault: `Tags "${'T'.repeat(100)}...": has a tag of more than 255 characters`,
  },
  {
    cells: { 'Body (HTML)': 'ä'.repeat(262_145) },
    fault: `Body (HTML) "${'ä'.repeat(100)}...": has 524290 bytes; 524288 are allowed`,
  },
  {
    cells: { 'Product Category': 'a>'.repeat(11) },
    fault: `Product Category "${'a>'.repeat(11)}": has more than 10 levels`,
  },
  {
    cells: { 'Product Category': 'x'.repeat(201) },
    fault: `Product Category "${'x'.repeat(100)}...": has a name of more than 200 characters`,
  },
  { cells: { Handle: '' }, fault: 'Handle "": is empty' },
  { cells: { Title: '' }, fault: 'Title "": is empty in the first row of the product' },
])('$fault', async ({ cells, fault }) => {
  expect(await faultsOf({ ...allColumns, ...cells })).toEqual([`shop.csv:3: ${fault}`]);
});

test('contradictory rows of a product are faults', async () => {
  const sized = { ...allColumns, 'Option1 Name': 'Size', 'Option1 Value': 'S', 'Variant SKU': 'L-S' };
  const more = { Handle: 'lamp', 'Variant Price': '1' };
  expect(
    await faultsOf(
      sized,
      { ...more, 'Option1 Value': 'S' },
      { ...more, 'Option1 Name': 'Colour', 'Option1 Value': 'M' },
      { ...more, 'Option1 Value': 'L', 'Variant SKU': 'L-S' },
      { Handle: 'lamp' },
      { Handle: 'lamp', Title: 'Lantern', 'Option1 Value': 'XL', 'Variant Price': '1' },
      { Handle: 'lamp', 'Image Src': 'https://example.com/a.jpg', 'Image Position': '1' },
      { Handle: 'lamp', 'Image Src': 'https://example.com/b.jpg', 'Image Position': '1' },
      { ...more, Handle: 'nameless' },
      { ...simpleRow, Handle: 'copy', 'Variant SKU': 'L-S' },
    ),
  ).toEqual([
    'shop.csv:4: Option1 Value "S": the variant has the options of line 3',
    'shop.csv:5: Option1 Name "Colour": is not the name in the product\'s first row, "Size"',
    'shop.csv:6: Variant SKU "L-S": is the SKU of line 3 too',
    'shop.csv:7: the row has neither a variant nor an image',
    'shop.csv:8: Title "Lantern": is not the title of line 3, which has the same handle',
    'shop.csv:10: Image Position "1": is the position of another image of the product',
    'shop.csv:11: Title "": is empty in the first row of the product',
    'shop.csv:12: Variant SKU "L-S": is the SKU of line 3 too',
  ]);
});

test('all faults are reported at once, with the products that they leave out', async () => {
  const catalog = await readText(
    csv([
      { ...allColumns, 'Variant Price': 'x', 'Variant Inventory Qty': 'y' },
      { ...allColumns, Handle: 'vase', Title: 'Vase' },
      { ...allColumns, Handle: 'bowl', Title: 'Bowl\nwith lines', Status: 'z' },
    ]),
  );
  expect(catalog.faults).toEqual([
    {
      file: 'shop.csv',
      line: 2,
      column: 'Variant Price',
      value: 'x',
      reason: expect.any(String),
      handle: 'lamp',
    },
    {
      file: 'shop.csv',
      line: 2,
      column: 'Variant Inventory Qty',
      value: 'y',
      reason: expect.any(String),
      handle: 'lamp',
    },
    { file: 'shop.csv', line: 4, column: 'Status', value: 'z', reason: expect.any(String), handle: 'bowl' },
  ]);
  expect(catalog.leftOut).toEqual(['lamp', 'bowl']);
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['vase']);
});

const header = 'Handle,Title,Option1 Name,Option1 Value,Variant Price\n';

test('a wrong number of fields leaves the product out', async () => {
  const catalog = await readText(`${header}a,A,Size,S,1\na,,,M\nb,B,,,1\nc,C,,,1,2\n`);
  expect(catalog.faults.map(formatCatalogFault)).toEqual([
    'shop.csv:3: the row has 4 fields; the header has 5',
    'shop.csv:5: the row has 6 fields; the header has 5',
  ]);
  expect(catalog.leftOut).toEqual(['a', 'c']);
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['b']);
});

test('a broken quote leaves out the product before it, to which the row may belong', async () => {
  const catalog = await readText(
    `${header}a,A,Size,S,1\nb,B,Size,S,1\nb,,"Size" x,M,1\nb,,"Size"",L,1\n"\nc,C,,,1\nd,"D\n,,,1\n`,
  );
  expect(catalog.faults).toMatchObject([
    { line: 4, handle: 'b' },
    { line: 8, handle: 'c' },
  ]);
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['a']);
});

test('bytes that are not UTF-8 are a fault of their cell', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}a,Caf`),
    Buffer.from([0xe9]),
    Buffer.from(',,,1\nb,B,,,1\n'),
  ]);
  const catalog = await readText(bytes);
  expect(catalog.faults).toMatchObject([
    { line: 2, column: 'Title', value: 'Caf\uFFFD', reason: 'is not valid UTF-8' },
  ]);
  expect(catalog.leftOut).toEqual(['a']);
});

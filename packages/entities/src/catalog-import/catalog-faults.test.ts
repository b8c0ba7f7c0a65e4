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
  'Image Src': '',
  'Image Position': '',
  'Image Alt Text': '',
};

async function faultsOf(...rows: Record<string, string>[]): Promise<string[]> {
  const catalog = await readText(csv([{ ...allColumns, Handle: 'good', Title: 'Good' }, ...rows]));
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['good']);
  return catalog.faults.map(formatCatalogFault);
}

test.each<[Record<string, string>, string]>([
  [{ 'Variant Price': '-1' }, 'Variant Price "-1": is negative'],
  [{ 'Variant Price': 'ten' }, 'Variant Price "ten": is not a decimal number like 19.90'],
  [{ 'Variant Price': '9.999' }, 'Variant Price "9.999": has 3 decimals; the currency has 2'],
  [{ 'Variant Price': '' }, 'Variant Price "": is empty'],
  [{ 'Variant Compare At Price': '9' }, 'Variant Compare At Price "9": is lower than the price'],
  [{ 'Variant Inventory Qty': '1.5' }, 'Variant Inventory Qty "1.5": is not a whole number'],
  [{ 'Variant Inventory Qty': '-2' }, 'Variant Inventory Qty "-2": is negative'],
  [{ 'Variant Inventory Qty': '9999999999' }, 'Variant Inventory Qty "9999999999": is more than 1000000000'],
  [{ 'Variant Inventory Policy': 'maybe' }, 'Variant Inventory Policy "maybe": is not one of deny, continue'],
  [{ 'Variant Grams': 'heavy' }, 'Variant Grams "heavy": is not a weight in grams'],
  [{ 'Variant Weight Unit': 'stone' }, 'Variant Weight Unit "stone": is not one of g, kg, lb, oz'],
  [{ 'Variant Taxable': 'yes' }, 'Variant Taxable "yes": is neither true nor false'],
  [{ 'Variant Requires Shipping': '1' }, 'Variant Requires Shipping "1": is neither true nor false'],
  [{ 'Gift Card': 'no' }, 'Gift Card "no": is neither true nor false'],
  [{ Published: 'soon' }, 'Published "soon": is neither true nor false'],
  [{ Status: 'live' }, 'Status "live": is not one of active, draft, archived, unlisted'],
  [
    { 'Option1 Name': '', 'Option1 Value': 'Small' },
    'Option1 Value "Small": is the value of an option without a name',
  ],
  [{ 'Option2 Value': 'Red' }, 'Option2 Value "Red": is the value of an option without a name'],
  [
    { 'Option1 Name': 'Size', 'Option1 Value': '' },
    'Option1 Value "": is empty; the product has the option "Size"',
  ],
  [
    { 'Option1 Name': '', 'Option2 Name': 'Size', 'Option2 Value': 'S', 'Option1 Value': 'x' },
    'Option1 Name "": is empty, although a later option has a name',
  ],
  [
    { 'Option1 Name': 'Size', 'Option2 Name': 'Size', 'Option2 Value': 'S' },
    'Option2 Name "Size": is the name of an earlier option too',
  ],
  [
    {
      'Option1 Name': 'a',
      'Option1 Value': '€'.repeat(255),
      'Option2 Name': 'b',
      'Option2 Value': '€'.repeat(255),
      'Option3 Name': 'c',
      'Option3 Value': '€'.repeat(255),
    },
    `Option1 Value "${'€'.repeat(100)}...": names and values of the options have more than 2000 bytes together`,
  ],
  [{ 'Image Src': 'javascript:alert(1)' }, 'Image Src "javascript:alert(1)": is not an http(s) URL'],
  [
    { 'Image Src': 'https://example.com/a b.jpg' },
    'Image Src "https://example.com/a b.jpg": is not an http(s) URL',
  ],
  [
    { 'Image Src': 'https://example.com/a.jpg', 'Image Position': '0' },
    'Image Position "0": is not a position from 1',
  ],
  [
    { 'Image Src': 'https://example.com/a.jpg', 'Image Position': 'first' },
    'Image Position "first": is not a whole number',
  ],
  [{ Vendor: 'A\0B' }, 'Vendor "A\\u0000B": holds a NUL byte'],
  [{ Title: 'T'.repeat(256) }, `Title "${'T'.repeat(100)}...": has 256 characters; 255 are allowed`],
  [{ Tags: 'T'.repeat(256) }, `Tags "${'T'.repeat(100)}...": has a tag of more than 255 characters`],
  [
    { 'Body (HTML)': 'ä'.repeat(262_145) },
    `Body (HTML) "${'ä'.repeat(100)}...": has 524290 bytes; 524288 are allowed`,
  ],
  [{ 'Product Category': 'a>'.repeat(11) }, `Product Category "${'a>'.repeat(11)}": has more than 10 levels`],
  [
    { 'Product Category': 'x'.repeat(201) },
    `Product Category "${'x'.repeat(100)}...": has a name of more than 200 characters`,
  ],
  [{ Handle: '' }, 'Handle "": is empty'],
  [{ Title: '' }, 'Title "": is empty in the first row of the product'],
])('%j', async (cells, fault) => {
  expect(await faultsOf({ ...allColumns, ...cells })).toEqual([`shop.csv:3: ${fault}`]);
});

test('rows of a product that contradict each other', async () => {
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

test('all faults are reported at once, with the products that they keep out', async () => {
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

test('a wrong number of fields keeps the product out', async () => {
  const catalog = await readText(`${header}a,A,Size,S,1\na,,,M\nb,B,,,1\nc,C,,,1,2\n`);
  expect(catalog.faults.map(formatCatalogFault)).toEqual([
    'shop.csv:3: the row has 4 fields; the header has 5',
    'shop.csv:5: the row has 6 fields; the header has 5',
  ]);
  expect(catalog.leftOut).toEqual(['a', 'c']);
  expect(catalog.products.map(({ handle }) => handle)).toEqual(['b']);
});

test('a broken quote keeps the product before it out, which the row may belong to', async () => {
  const catalog = await readText(
    `${header}a,A,Size,S,1\nb,B,Size,S,1\nb,,"Size" x,M,1\nb,,"Size"",L,1\n"\nc,C,,,1\nd,"D\n,,,1\n`,
  );
  expect(catalog.faults.map(({ line, handle }) => [line, handle])).toEqual([
    [4, 'b'],
    [8, 'c'],
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

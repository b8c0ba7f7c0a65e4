import { expect, test } from 'vitest';
import { broken, catalogDatabase, rowVersions } from '../../test/catalog-database.ts';
import { csv, readText, shirt, shirtM, simpleRow } from '../../test/catalog-csv.ts';

test('a catalog becomes categories, products, variants, media, prices and stock', async () => {
  const shop = await catalogDatabase();
  const report = await shop.import(await readText(csv([shirt, shirtM, { ...simpleRow, Status: 'draft' }])));
  expect(report).toEqual({
    products: { created: 2, updated: 0, unchanged: 0 },
    variants: { created: 3, updated: 0, unchanged: 0 },
    media: { created: 2, updated: 0, unchanged: 0 },
    prices: { opened: 3, closed: 0, unchanged: 0 },
    stock: { received: 1, adjusted: 0, unchanged: 2, short: [] },
    categories: { created: 3 },
    missing: [],
    leftOut: [],
  });
  expect(
    await shop.rows(
      `select c.path::text, c.name, p.handle from category c left join product_category pc on pc.category_id = c.id left join product p on p.id = pc.product_id order by c.path`,
    ),
  ).toEqual([
    { path: 'apparel', name: 'Apparel', handle: null },
    { path: 'apparel.men_s', name: "Men's", handle: null },
    { path: 'apparel.men_s.shirts', name: 'Shirts', handle: 'shirt' },
  ]);
  expect(
    await shop.rows(
      `select handle, title, description_html, vendor, product_type, status, option_names, tags, published_at is not null as published from product order by id`,
    ),
  ).toEqual([
    {
      handle: 'shirt',
      title: 'Shirt',
      description_html: '<p>Soft</p>',
      vendor: 'Weaver',
      product_type: 'Shirt',
      status: 'active',
      option_names: ['Size', 'Color'],
      tags: ['cotton', 'summer'],
      published: true,
    },
    {
      handle: 'lamp',
      title: 'Lamp',
      description_html: '',
      vendor: '',
      product_type: '',
      status: 'draft',
      option_names: [],
      tags: [],
      published: false,
    },
  ]);
  expect(
    await shop.rows(
      `select sku, barcode, v.title, option_values, position, weight_grams, requires_shipping, taxable, amount_minor, compare_at_minor, currency_code, price_list_code, on_hand, backorder_limit from product_variant v join price on variant_id = v.id join stock_level l on l.variant_id = v.id order by v.id`,
    ),
  ).toEqual([
    {
      sku: 'SH-S',
      barcode: '401',
      title: 'S / Red',
      option_values: { Size: 'S', Color: 'Red' },
      position: 0,
      weight_grams: 200,
      requires_shipping: true,
      taxable: false,
      amount_minor: '1990',
      compare_at_minor: '2500',
      currency_code: 'USD',
      price_list_code: 'base',
      on_hand: 10,
      backorder_limit: 0,
    },
    {
      sku: 'SH-M',
      barcode: null,
      title: 'M / Red',
      option_values: { Size: 'M', Color: 'Red' },
      position: 1,
      weight_grams: 0,
      requires_shipping: false,
      taxable: false,
      amount_minor: '0',
      compare_at_minor: null,
      currency_code: 'USD',
      price_list_code: 'base',
      on_hand: 0,
      backorder_limit: 1_000_000_000,
    },
    {
      sku: null,
      barcode: null,
      title: '',
      option_values: {},
      position: 0,
      weight_grams: 0,
      requires_shipping: false,
      taxable: false,
      amount_minor: '1000',
      compare_at_minor: null,
      currency_code: 'USD',
      price_list_code: 'base',
      on_hand: 0,
      backorder_limit: 0,
    },
  ]);
  expect(
    await shop.rows(
      `select url, alt, m.position, v.sku from product_media m left join product_variant v on v.id = m.variant_id order by m.position`,
    ),
  ).toEqual([
    { url: 'https://example.com/front.jpg', alt: 'Front', position: 1, sku: null },
    { url: 'https://example.com/red.jpg', alt: '', position: 2, sku: 'SH-S' },
  ]);
  expect(
    await shop.rows(
      `select kind, quantity, note, code from stock_movement join stock_location l on l.id = location_id`,
    ),
  ).toEqual([{ kind: 'receipt', quantity: 10, note: 'catalog import', code: 'main' }]);
  expect(await broken(shop)).toEqual([]);
});

test('the same catalog a second time writes no row', async () => {
  const shop = await catalogDatabase();
  const catalog = await readText(csv([shirt, shirtM, simpleRow]));
  await shop.import(catalog);
  const before = await rowVersions(shop);
  expect(await shop.import(catalog)).toEqual({
    products: { created: 0, updated: 0, unchanged: 2 },
    variants: { created: 0, updated: 0, unchanged: 3 },
    media: { created: 0, updated: 0, unchanged: 2 },
    prices: { opened: 0, closed: 0, unchanged: 3 },
    stock: { received: 0, adjusted: 0, unchanged: 3, short: [] },
    categories: { created: 0 },
    missing: [],
    leftOut: [],
  });
  expect(await rowVersions(shop)).toEqual(before);
});

test('differences are updated; columns that the file does not have stay', async () => {
  const shop = await catalogDatabase();
  await shop.import(await readText(csv([shirt, shirtM])));
  const prices = await readText(
    csv([
      {
        Handle: 'shirt',
        Title: 'Shirt',
        'Option1 Name': 'Size',
        'Option1 Value': 'S',
        'Option2 Name': 'Color',
        'Option2 Value': 'Red',
        'Variant Price': '18',
      },
      { Handle: 'shirt', 'Option1 Value': 'M', 'Option2 Value': 'Red', 'Variant Price': '0' },
    ]),
  );
  expect(await shop.import(prices)).toMatchObject({
    products: { unchanged: 1 },
    variants: { unchanged: 2 },
    prices: { opened: 1, closed: 1, unchanged: 1 },
    stock: { unchanged: 2 },
  });
  expect(
    await shop.rows(
      `select amount_minor, compare_at_minor from price where upper(valid) is null order by 1 desc`,
    ),
  ).toEqual([
    { amount_minor: '1800', compare_at_minor: '2500' },
    { amount_minor: '0', compare_at_minor: null },
  ]);
  const changed = await readText(
    csv([
      {
        ...shirt,
        Title: 'Shirt II',
        'Body (HTML)': '',
        Vendor: '',
        'Product Category': 'Sale',
        Status: 'archived',
        'Variant Barcode': '',
        'Variant Compare At Price': '',
        'Image Alt Text': 'New',
      },
      shirtM,
    ]),
  );
  expect(await shop.import(changed)).toMatchObject({
    products: { updated: 1 },
    variants: { updated: 1, unchanged: 1 },
    media: { updated: 1, unchanged: 1 },
    categories: { created: 1 },
  });
  expect(
    await shop.rows(
      `select p.title, description_html, vendor, status, barcode, alt, path::text from product p join product_variant v on v.product_id = p.id join product_media m on m.product_id = p.id join product_category pc on pc.product_id = p.id join category c on c.id = pc.category_id where v.position = 0 and m.position = 1`,
    ),
  ).toEqual([
    {
      title: 'Shirt II',
      description_html: '',
      vendor: '',
      status: 'archived',
      barcode: null,
      alt: 'New',
      path: 'sale',
    },
  ]);
  expect(await broken(shop)).toEqual([]);
});

test('a tax class is the one of the file, or stays, or is standard', async () => {
  const shop = await catalogDatabase();
  const classes = async () =>
    (await shop.rows(`select tax_class from product_variant order by position`)).map(
      (row) => Object.values(row)[0],
    );
  const read = (taxClass: object) => readText(csv([{ ...shirt, ...taxClass }, shirtM]));
  await shop.import(await read({}));
  expect(await classes()).toEqual(['standard', 'standard']);
  await shop.import(await read({ 'Variant Tax Class': 'reduced' }));
  expect(await classes()).toEqual(['reduced', 'standard']);
  await shop.import(await read({}));
  await shop.import(await read({ 'Variant Tax Class': '' }));
  expect(await classes()).toEqual(['reduced', 'standard']);
});

test('variants are recognised by SKU, then by options, and may swap both', async () => {
  const shop = await catalogDatabase();
  await shop.import(await readText(csv([shirt, shirtM])));
  const ids = await shop.rows<{ sku: string; id: string }>(
    'select sku, id from product_variant order by sku',
  );
  await shop.import(
    await readText(
      csv([
        { ...shirt, 'Variant SKU': 'SH-M' },
        { ...shirtM, 'Variant SKU': 'SH-S' },
      ]),
    ),
  );
  expect(await shop.rows('select sku, id from product_variant order by sku')).toEqual(ids);
  expect(
    await shop.rows(`select sku, option_values ->> 'Size' as size from product_variant order by sku`),
  ).toEqual([
    { sku: 'SH-M', size: 'S' },
    { sku: 'SH-S', size: 'M' },
  ]);
  await shop.import(
    await readText(
      csv([
        { ...shirt, 'Variant SKU': '' },
        { ...shirtM, 'Variant SKU': 'SH-NEW' },
      ]),
    ),
  );
  expect(await shop.rows(`select id, sku from product_variant order by option_values ->> 'Size'`)).toEqual([
    { id: ids.find(({ sku }) => sku === 'SH-S')?.id, sku: 'SH-NEW' },
    { id: ids.find(({ sku }) => sku === 'SH-M')?.id, sku: null },
  ]);
});

test('variants and products that are no longer in the file stay, and are listed', async () => {
  const shop = await catalogDatabase();
  await shop.import(await readText(csv([shirt, shirtM, simpleRow])));
  const report = await shop.import(await readText(csv([shirt])));
  expect(report.missing).toEqual([
    { handle: 'lamp', sku: null, optionValues: {} },
    { handle: 'shirt', sku: 'SH-M', optionValues: { Size: 'M', Color: 'Red' } },
  ]);
  expect(await shop.rows('select count(*)::integer as count from product_variant')).toEqual([{ count: 3 }]);
});

test('the SKU of a variant that is not in the file is a conflict', async () => {
  const shop = await catalogDatabase();
  await shop.import(await readText(csv([shirt, shirtM])));
  const before = await rowVersions(shop);
  const error = shop.import(await readText(csv([{ ...simpleRow, 'Variant SKU': 'SH-M' }])));
  await expect(error).rejects.toMatchObject({
    code: 'catalog-conflict',
    exitCode: 2,
    message: expect.stringContaining('lamp {} (SKU SH-M): shirt {"Size":"M","Color":"Red"} (SKU SH-M)'),
  });
  expect(await rowVersions(shop)).toEqual(before);
});

test('a fault refuses the whole catalog, or leaves out its product if asked', async () => {
  const shop = await catalogDatabase();
  const catalog = await readText(csv([{ ...shirt, 'Variant Price': 'x' }, shirtM, simpleRow]));
  await expect(shop.import(catalog)).rejects.toMatchObject({
    code: 'invalid-catalog',
    exitCode: 2,
    message: expect.stringContaining('shop.csv:2: Variant Price "x"'),
  });
  expect(await rowVersions(shop)).toEqual([]);
  expect(await shop.import(catalog, { skipInvalid: true })).toMatchObject({
    products: { created: 1 },
    variants: { created: 1 },
    leftOut: ['shirt'],
  });
  const none = await readText(csv([{ ...shirt, 'Variant Price': 'x' }]));
  await expect(shop.import(none, { skipInvalid: true })).rejects.toMatchObject({
    code: 'invalid-catalog',
  });
});

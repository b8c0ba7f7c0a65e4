import { beforeAll, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { getProduct } from '../../index.ts';

const shop = useOpenShop();
const read = (handle: string, currency = 'EUR') => getProduct(shop().orm.em.fork(), { handle, currency });

beforeAll(async () => {
  await shop().offer(3, 4);
  for (const sql of [
    `insert into category (slug, name) values ('wear', 'Wear')`,
    `insert into product_category (product_id, category_id) select p.id, c.id from product p, category c`,
    `insert into attribute (code, name, value_type) values ('material', 'Material', 'string'), ('weight', 'Weight', 'number')`,
    `insert into product_attribute (product_id, attribute_code, value)
     select id, code, value from product, (values ('material', '"Wool"'::jsonb), ('material', '"Silk"'), ('weight', '1.5')) as v (code, value)`,
    `insert into product_media (product_id, url, position)
     select id, 'https://example.com/' || n, 3 - n from product, generate_series(1, 2) n`,
    `insert into product_variant (product_id, title, option_values, position)
     select id, 'Size ' || n, jsonb_build_object('Size', n::text), n from product, generate_series(1, 20) n`,
    `update product_variant set deleted_at = now() where position = 20`,
    `update product set option_names = '{Size}', tags = '{new,"for him, for her"}'`,
    `update product set published_at = '2026-11-01'`,
    `update product_variant set barcode = '4006381333931' where sku = 'product-0'`,
    `update price set compare_at_minor = 1500`,
    `update stock_level set reserved = 2 where on_hand = 3`,
  ]) {
    await shop().rows(sql);
  }
});

test('a product with its variants, prices, media and stock, in 2 statements', async () => {
  const { queries } = shop();
  queries.length = 0;
  const product = await read('product-0');
  expect(queries).toHaveLength(2);
  expect(product).toMatchObject({
    title: 'product-0',
    optionNames: ['Size'],
    tags: ['new', 'for him, for her'],
    publishedAt: new Date('2026-11-01'),
    categories: [{ path: 'wear', name: 'Wear' }],
    attributes: [
      { code: 'material', name: 'Material', values: ['Silk', 'Wool'] },
      { code: 'weight', name: 'Weight', values: [1.5] },
    ],
    media: [{ url: 'https://example.com/2' }, { url: 'https://example.com/1' }],
  });
  expect(product.variants).toHaveLength(20);
  expect(product.variants[0]).toMatchObject({
    sku: 'product-0',
    barcode: '4006381333931',
    price: { amountMinor: 1000n, compareAtMinor: 1500n },
    available: 5,
  });
  expect(product.variants[1]).toMatchObject({
    optionValues: { Size: '1' },
    price: undefined,
    available: 0,
  });
});

fuzzOperation(
  'getProduct',
  shop,
  sample(getProduct, () => ({ handle: 'product-0', currency: 'EUR', priceList: 'base' })),
);

test('in another currency it has no price; what is not on sale is not found', async () => {
  expect((await read('product-0', 'USD')).variants.every(({ price }) => price === undefined)).toBe(true);
  await expect(read('nothing')).rejects.toMatchObject({ code: 'product-not-found' });
  await shop().rows(`update product set status = 'draft'`);
  await expect(read('product-0')).rejects.toMatchObject({ code: 'product-not-found' });
});

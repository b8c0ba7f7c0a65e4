import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { expectInvariants, key, outcomes } from '../../../test/placed-order.ts';
import {
  actingAs,
  addToCart,
  createCategory,
  createProduct,
  createVariant,
  getProduct,
  getProductToEdit,
  openCart,
  searchProducts,
  setProductCategories,
  softDeleteProduct,
  updateProduct,
  updateVariant,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const handle = () => `h-${randomUUID()}`;
const unknown = '00000000-0000-7000-8000-000000000000';
const prices = [{ currency: 'EUR', amountMinor: 1999n }];
const create = (optionNames: string[] = []) =>
  createProduct(em(), { handle: handle(), title: 'Tee', optionNames });

/** A product on sale, with a variant for each value of its only option. */
async function onSale(...sizes: string[]) {
  const { productId } = await create(['Size']);
  const variantIds: string[] = [];
  for (const Size of sizes) {
    variantIds.push((await createVariant(em(), { productId, optionValues: { Size }, prices })).variantId);
  }
  const { version } = await updateProduct(em(), { productId, status: 'active' });
  return { productId, variantIds, version };
}

afterAll(() => expectInvariants(shop()));

test('a product that was created, given variants and put on sale is found, shown and sold', async () => {
  const name = handle();
  const { productId } = await createProduct(em(), {
    handle: name,
    title: ' Zephyr anorak ',
    descriptionHtml: '<p>Weatherproof</p>',
    vendor: 'Acme',
    productType: 'Jackets',
    tags: ['new'],
    optionNames: ['Color', 'Size'],
  });
  await expect(getProduct(em(), { handle: name, currency: 'EUR' })).rejects.toMatchObject({
    code: 'product-not-found',
  });
  const optionValues = { Size: 'M', Color: 'Red' };
  const { variantId } = await createVariant(em(), { productId, optionValues, sku: name, prices });
  await updateProduct(em(), { productId, status: 'active' });
  const page = await getProduct(em(), { handle: name, currency: 'EUR' });
  expect(page).toMatchObject({
    title: 'Zephyr anorak',
    vendor: 'Acme',
    optionNames: ['Color', 'Size'],
    publishedAt: expect.any(Date),
    variants: [{ id: variantId, title: 'Red / M', sku: name, optionValues, price: { amountMinor: 1999n } }],
  });
  const found = async (text: string) => (await searchProducts(em(), { text })).products.map(({ id }) => id);
  expect(await found('zephyr')).toEqual([productId]);
  expect(await found('weatherproof')).toEqual([productId]);
  await updateProduct(em(), { productId, title: 'Gale parka', descriptionHtml: '' });
  expect(await found('gale')).toEqual([productId]);
  expect(await found('weatherproof')).toEqual([]);
  const { id: cartId } = await openCart(em(), { currencyCode: 'EUR' });
  expect(await addToCart(em(), { cartId, variantId, quantity: 1 })).toMatchObject({ unitPriceMinor: 1999n });
  await updateProduct(em(), { productId, status: 'archived' });
  expect(await found('gale')).toEqual([]);
});

test('what is changed is changed, and the rest stays; first published is when it was first on sale', async () => {
  const { productId, version } = await onSale('M');
  const before = await getProductToEdit(em(), { productId });
  expect(before).toMatchObject({ version, status: 'active', tags: [], variants: [{ version: 1 }] });
  await updateProduct(em(), { productId, tags: ['a', 'b'], status: 'draft' });
  const after = await getProductToEdit(em(), { productId });
  expect(after).toEqual({ ...before, tags: ['a', 'b'], status: 'draft', version: version + 1 });
  await updateProduct(em(), { productId, status: 'active' });
  expect((await getProductToEdit(em(), { productId })).publishedAt).toEqual(before.publishedAt);
});

test('a variant that is changed keeps what was left out; null removes a code', async () => {
  const { productId, variantIds } = await onSale('M');
  const [variantId = ''] = variantIds;
  const codes = { sku: handle(), barcode: '4006381333931' };
  await updateVariant(em(), { variantId, ...codes, weightGrams: 250, taxable: false, taxClass: 'reduced' });
  const read = async () => (await getProductToEdit(em(), { productId })).variants[0];
  const before = await read();
  expect(before).toMatchObject({
    ...codes,
    weightGrams: 250,
    taxable: false,
    taxClass: 'reduced',
    requiresShipping: true,
  });
  await updateVariant(em(), { variantId, barcode: null, optionValues: { Size: 'L' } });
  expect(await read()).toEqual({
    ...before,
    barcode: null,
    optionValues: { Size: 'L' },
    title: 'L',
    version: (before?.version ?? 0) + 1,
  });
});

describe('of changes by who has read the same version one is made, and no other is lost:', () => {
  test('products', async () => {
    const { productId, version } = await create();
    const codes = await outcomes(
      Array.from({ length: 8 }, (_, n) =>
        updateProduct(em(), { productId, title: `title ${n}`, expectedVersion: version }),
      ),
    );
    expect(codes).toEqual(['done', ...Array.from({ length: 7 }, () => 'product-changed')]);
    expect((await getProductToEdit(em(), { productId })).version).toBe(version + 1);
  });

  test('variants', async () => {
    const { variantIds } = await onSale('M');
    const variantId = variantIds[0] ?? '';
    const codes = await outcomes(
      Array.from({ length: 8 }, (_, weightGrams) =>
        updateVariant(em(), { variantId, weightGrams, expectedVersion: 1 }),
      ),
    );
    expect(codes).toEqual(['done', ...Array.from({ length: 7 }, () => 'variant-changed')]);
  });

  test('a change by plain SQL counts, too', async () => {
    const { productId, version } = await create();
    await shop().rows(`update product set vendor = 'x' where id = '${productId}' returning id`);
    await expect(
      updateProduct(em(), { productId, title: 'x', expectedVersion: version }),
    ).rejects.toMatchObject({ code: 'product-changed' });
  });
});

test('of 8 variants with the same options, 8 products with the same handle, 8 variants with the same SKU one is made', async () => {
  const { productId } = await create(['Size']);
  const eight = <Result>(make: () => Promise<Result>) => outcomes(Array.from({ length: 8 }, make));
  const oneElse = (code: string) => ['done', ...Array.from({ length: 7 }, () => code)];
  const optionValues = { Size: 'M' };
  expect(await eight(() => createVariant(em(), { productId, optionValues }))).toEqual(
    oneElse('variant-exists'),
  );
  const same = { handle: handle(), title: 'x' };
  expect(await eight(() => createProduct(em(), same))).toEqual(oneElse('handle-taken'));
  const sku = handle();
  const others = await Promise.all(Array.from({ length: 8 }, () => create()));
  const codes = await outcomes(others.map(({ productId }) => createVariant(em(), { productId, sku })));
  expect(codes).toEqual(oneElse('sku-taken'));
});

test('a request that is repeated with its key is done once', async () => {
  const request = { ...key(), handle: handle(), title: 'x' };
  const created = await Promise.all(Array.from({ length: 5 }, () => createProduct(em(), request)));
  expect(new Set(created.map(({ productId }) => productId)).size).toBe(1);
  const variant = { ...key(), productId: created[0]?.productId ?? '', prices };
  const variants = await Promise.all(Array.from({ length: 5 }, () => createVariant(em(), variant)));
  expect(new Set(variants.map(({ variantId }) => variantId)).size).toBe(1);
  await expect(createProduct(em(), { ...request, title: 'y' })).rejects.toMatchObject({
    code: 'idempotency-conflict',
  });
});

test('what must not be is refused by name, and nothing was done', async () => {
  const { productId, variantIds } = await onSale('S', 'M');
  const [variantId = ''] = variantIds;
  const before = await getProductToEdit(em(), { productId });
  const other = await onSale('S');
  const { handle: taken } = await getProductToEdit(em(), { productId: other.productId });
  const sku = handle();
  await updateVariant(em(), { variantId: other.variantIds[0] ?? '', sku });
  const code = async (operation: Promise<unknown>) => (await outcomes([operation]))[0];
  const M = { Size: 'M' };
  expect(await code(updateProduct(em(), { productId, handle: taken }))).toBe('handle-taken');
  expect(await code(updateProduct(em(), { productId: unknown, title: 'x' }))).toBe('product-not-found');
  expect(await code(createVariant(em(), { productId: unknown }))).toBe('product-not-found');
  expect(await code(createVariant(em(), { productId, optionValues: M, prices }))).toBe('variant-exists');
  expect(await code(updateVariant(em(), { variantId, optionValues: M }))).toBe('variant-exists');
  expect(await code(updateVariant(em(), { variantId, sku }))).toBe('sku-taken');
  expect(await code(updateVariant(em(), { variantId: unknown, sku }))).toBe('variant-not-found');
  const wrongOptions: Record<string, string>[] = [{}, { Color: 'Red' }, { ...M, Color: 'Red' }];
  for (const optionValues of wrongOptions) {
    expect(await code(createVariant(em(), { productId, optionValues }))).toBe('option-mismatch');
    expect(await code(updateVariant(em(), { variantId, optionValues }))).toBe('option-mismatch');
  }
  const xl = { productId, optionValues: { Size: 'XL' } };
  expect(await code(createVariant(em(), xl))).toBe('product-not-sellable');
  const wrong = { currency: 'XXX', amountMinor: 1n };
  expect(await code(createVariant(em(), { ...xl, prices: [wrong] }))).toBe('currency-not-found');
  expect(await getProductToEdit(em(), { productId })).toEqual(before);

  const draft = await create();
  const activate = () => updateProduct(em(), { productId: draft.productId, status: 'active' });
  expect(await code(activate())).toBe('product-not-sellable');
  await createVariant(em(), { productId: draft.productId });
  expect(await code(activate())).toBe('product-not-sellable');
  await softDeleteProduct(em(), { productId: draft.productId });
  expect(await code(activate())).toBe('product-not-found');
  expect(await code(getProductToEdit(em(), draft as never))).toBe('invalid-input');
  expect(await code(getProductToEdit(em(), { productId: draft.productId }))).toBe('product-not-found');
});

test('options that are too long for their index are refused', async () => {
  // Which the index cannot compress.
  const random = () =>
    Array.from({ length: 200 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join(
      '',
    );
  const names = [random(), random(), random()];
  const { productId } = await create(names);
  const optionValues = Object.fromEntries(names.map((name) => [name, random()]));
  await expect(createVariant(em(), { productId, optionValues })).rejects.toMatchObject({
    name: 'UserError',
    code: 'invalid-input',
  });
});

test('a product is in its categories, in their order, and in no other', async () => {
  const { productId } = await onSale('M');
  const [wear, sale, other] = await Promise.all(
    ['wear', 'sale', 'other'].map((slug) => createCategory(em(), { slug, name: slug })),
  );
  const ids = [wear, sale, other].map((category) => category?.id ?? '');
  const [first = '', second = '', third = ''] = ids;
  const set = (categoryIds: string[]) => setProductCategories(em(), { productId, categoryIds });
  const read = async () => (await getProductToEdit(em(), { productId })).categoryIds;
  await set([first, second]);
  expect(await read()).toEqual([first, second]);
  await set([third, second, third]);
  expect(await read()).toEqual([third, second]);
  expect((await searchProducts(em(), { categoryPath: 'other' })).products).toMatchObject([{ id: productId }]);
  expect((await searchProducts(em(), { categoryPath: 'wear' })).products).toEqual([]);
  await expect(set([unknown])).rejects.toMatchObject({ code: 'category-not-found' });
  expect(await outcomes(ids.map((id) => set([id])))).toEqual(['done', 'done', 'done']);
  expect(await read()).toHaveLength(1);
});

test('the audit log has who changed what, and why', async () => {
  const by = actingAs('buyer:7', createProduct);
  const { productId } = await by(em(), { handle: 'audited', title: 'x', reason: 'season' });
  await createVariant(em(), { productId, prices });
  await actingAs('buyer:8', updateProduct)(em(), { productId, status: 'active', title: 'y' });
  await actingAs('buyer:9', softDeleteProduct)(em(), { productId, reason: 'recalled' });
  const entries = await shop().rows(
    `select actor, action, detail from audit_log where entity = 'product' and entity_id = '${productId}' order by id`,
  );
  expect(entries).toEqual([
    { actor: 'buyer:7', action: 'product.create', detail: { handle: 'audited', reason: 'season' } },
    {
      actor: 'buyer:8',
      action: 'product.update',
      detail: { changed: ['title', 'status'], version: 2, from: 'draft', to: 'active' },
    },
    { actor: 'buyer:9', action: 'product.delete', detail: { reason: 'recalled' } },
  ]);
});

fuzzOperation(
  'createProduct',
  shop,
  sample(createProduct, () => ({
    ...key(),
    handle: handle(),
    title: 'Tee',
    descriptionHtml: '<p>Soft</p>',
    vendor: 'Acme',
    productType: 'Shirts',
    tags: ['new', 'soft'],
    optionNames: ['Color', 'Size'],
    reason: 'season',
  })),
);

fuzzOperation(
  'updateProduct',
  shop,
  sample(updateProduct, async () => {
    const { productId, version } = await onSale('M');
    const texts = { title: 'Tee', descriptionHtml: '<p>', vendor: 'Acme', productType: 'Shirts' };
    const more = { tags: ['new'], status: 'archived' as const, reason: 'season' };
    return { productId, expectedVersion: version, handle: handle(), ...texts, ...more };
  }),
);

fuzzOperation(
  'createVariant',
  shop,
  sample(createVariant, async () => ({
    ...key(),
    productId: (await create(['Color', 'Size'])).productId,
    optionValues: { Color: 'Red', Size: 'M' },
    sku: handle(),
    barcode: '4006381333931',
    position: 3,
    weightGrams: 250,
    requiresShipping: true,
    taxable: false,
    taxClass: 'books',
    prices: [{ currency: 'EUR', amountMinor: 1999n, compareAtMinor: 2499n }],
    reason: 'season',
  })),
);

fuzzOperation(
  'updateVariant',
  shop,
  sample(updateVariant, async () => ({
    variantId: (await onSale('M')).variantIds[0] ?? '',
    expectedVersion: 1,
    optionValues: { Size: 'L' },
    sku: handle(),
    barcode: null,
    position: 3,
    weightGrams: 250,
    requiresShipping: false,
    taxable: false,
    taxClass: 'books',
    reason: 'season',
  })),
);

fuzzOperation(
  'getProductToEdit',
  shop,
  sample(getProductToEdit, async () => ({ productId: (await onSale('M')).productId })),
);

fuzzOperation(
  'setProductCategories',
  shop,
  sample(setProductCategories, async () => ({
    productId: (await create()).productId,
    categoryIds: [(await createCategory(em(), { slug: handle(), name: 'x' })).id],
    reason: 'season',
  })),
);

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { outcome } from '../../../test/account.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import { outcomes, placeOrder, siblingOf, stockedVariant } from '../../../test/placed-order.ts';
import { buy, customer } from '../../../test/promoted-shop.ts';
import {
  erasePerson,
  expireCarts,
  exportPerson,
  getProduct,
  jsonForm,
  mergeCarts,
  type MetadataChange,
  openCart,
  setMetadata,
  softDeleteProduct,
  softDeleteVariant,
  updateProfile,
} from '../../index.ts';

const { shop, em } = useOrderShop();

const set = (of: MetadataChange['of'], id: string, metadata: MetadataChange['metadata']) =>
  setMetadata(em(), { of, id, metadata });

/** A row of each kind. */
async function rows() {
  const variantId = await stockedVariant(shop(), 9);
  const [product] = await shop().rows<{ id: string; handle: string }>(
    `select p.id, p.handle from product p join product_variant v on v.product_id = p.id where v.id = '${variantId}'`,
  );
  return {
    product: product?.id ?? '',
    variant: variantId,
    customer: await customer(shop(), `${randomUUID()}@example.com`),
    cart: await shop().cart({}),
    order: (await placeOrder(shop(), { [variantId]: 1 })).orderId,
    handle: product?.handle ?? '',
  };
}

test.each(['product', 'variant', 'customer', 'cart', 'order'] as const)(
  'keys of a %s are replaced, removed by null, and kept where they are not given',
  async (of) => {
    const id = (await rows())[of];
    expect(await set(of, id, { a: { x: 1, y: null }, b: [2], c: 'c' })).toEqual({
      a: { x: 1, y: null },
      b: [2],
      c: 'c',
    });
    expect(await set(of, id, { a: { z: 3 }, b: null, d: true, gone: null })).toEqual({
      a: { z: 3 },
      c: 'c',
      d: true,
    });
    expect(await set(of, id, {})).toEqual({ a: { z: 3 }, c: 'c', d: true });
    expect(await set(of, id, { a: null, c: null, d: null })).toEqual({});
  },
);

test('changes at the same time add up', async () => {
  const { order } = await rows();
  const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
  await Promise.all(keys.map((key) => set('order', order, { [key]: 1 })));
  expect(Object.keys(await set('order', order, {})).toSorted()).toEqual(keys.toSorted());
});

test('names like those of an object are nothing special, and its JSON form is all of it', async () => {
  const { order } = await rows();
  const metadata = JSON.parse(
    '{"__proto__": 1, "constructor": 2, "toJSON": 3, "at": "2026-01-01", "n": 1e300}',
  );
  const stored = await set('order', order, metadata);
  expect(JSON.stringify(jsonForm(stored))).toBe(JSON.stringify(stored));
  expect(new Map(Object.entries(stored))).toEqual(new Map(Object.entries(metadata)));
});

test('what is too large is refused, at once or added up, and nothing is changed', async () => {
  const { order, customer: customerId } = await rows();
  const text = 'x'.repeat(16_000);
  expect(await outcome(set('order', order, { a: `${text}${text}` }))).toBe('invalid-input');
  const codes: string[] = [];
  for (let n = 0; n < 10; n++) codes.push(await outcome(set('order', order, { [`k${n}`]: text })));
  expect(new Set(codes.slice(0, 8))).toEqual(new Set(['done']));
  expect(codes.at(-1)).toBe('metadata-too-large');
  expect(Object.keys(await set('order', order, {}))).toHaveLength(8);
  for (let n = 0; n < 8; n++) await updateProfile(em(), { customerId, metadata: { [`k${n}`]: text } });
  expect(await outcome(updateProfile(em(), { customerId, metadata: { k8: text } }))).toBe(
    'metadata-too-large',
  );
  const digits = Array.from({ length: 8185 }, () => 0);
  expect(await outcome(set('order', (await rows()).order, { digits }))).toBe('done');
});

describe('what is not there is refused:', () => {
  test.each([
    { of: 'product', code: 'product-not-found' },
    { of: 'variant', code: 'variant-not-found' },
    { of: 'customer', code: 'customer-not-found' },
    { of: 'cart', code: 'cart-not-open' },
    { of: 'order', code: 'order-not-found' },
  ] as const)('$of', async ({ of, code }) => {
    expect(await outcome(set(of, randomUUID(), { a: 1 }))).toBe(code);
  });

  test('what is deleted, ordered or erased', async () => {
    const { product, variant, handle } = await rows();
    await set('variant', variant, { a: 1 });
    await set('product', product, { b: 2 });
    expect(await getProduct(em(), { handle, currency: 'EUR' })).toMatchObject({
      metadata: { b: 2 },
      variants: [{ metadata: { a: 1 } }],
    });
    const customerId = await customer(shop(), 'ann@example.com');
    const cartId = await shop().cart({ [variant]: 1 }, customerId);
    const { id: orderId } = await buy(shop(), cartId);
    expect(await outcome(set('cart', cartId, { a: 1 }))).toBe('cart-not-open');
    await siblingOf(shop(), variant);
    await softDeleteVariant(em(), { variantId: variant });
    await softDeleteProduct(em(), { productId: product });
    await erasePerson(em(), { customerId });
    expect(await outcome(set('variant', variant, { a: 1 }))).toBe('variant-not-found');
    expect(await outcome(set('product', product, { a: 1 }))).toBe('product-not-found');
    expect(await outcome(set('customer', customerId, { a: 1 }))).toBe('customer-not-found');
    expect(await outcome(set('order', orderId, { a: 1 }))).toBe('order-not-found');
    // A cart that was opened before the erasure, and committed after it.
    expect(await outcome(set('cart', await shop().cart({}, customerId), { a: 1 }))).toBe('cart-not-open');
  });
});

test('a cart, a profile and an order are given theirs, which are exported and erased', async () => {
  const customerId = await customer(shop(), 'bea@example.com');
  const opened = { customerId, currencyCode: 'EUR', metadata: { source: 'ad', none: null } };
  const { id: cartId, metadata } = await openCart(em(), opened);
  expect(metadata).toEqual({ source: 'ad' });
  const again = await openCart(em(), { ...opened, metadata: { source: null, campaign: 7 } });
  expect(again).toMatchObject({ id: cartId, metadata: { campaign: 7 } });
  const profile = { customerId, metadata: { likes: ['tea'], none: null } };
  expect(await updateProfile(em(), profile)).toMatchObject({ metadata: { likes: ['tea'] } });
  expect(await updateProfile(em(), { customerId, phone: '1' })).toMatchObject({
    metadata: { likes: ['tea'] },
  });
  await shop().rows(`insert into cart_line (cart_id, variant_id, quantity, unit_price_minor)
    values ('${cartId}', '${await stockedVariant(shop(), 1)}', 1, 1000)`);
  const { id: orderId } = await buy(shop(), cartId, { metadata: { gift: true, none: null } });
  expect(await exportPerson(em(), { customerId })).toMatchObject({
    profile: { metadata: { likes: ['tea'] } },
    carts: [{ metadata: { campaign: 7 } }],
    orders: [{ metadata: { gift: true } }],
  });
  await erasePerson(em(), { customerId });
  expect(
    await shop().rows(`select c.metadata as customer, cart.metadata as cart, o.metadata as order
      from customer c join cart on cart.customer_id = c.id join sales_order o on o.cart_id = cart.id
      where o.id = '${orderId}'`),
  ).toEqual([{ customer: null, cart: null, order: null }]);
});

test('a guest’s cart gives its metadata to the customer’s, unless that has some, and keeps none', async () => {
  const { id: source } = await openCart(em(), { currencyCode: 'EUR', metadata: { source: 'ad' } });
  const target = await shop().cart({});
  await mergeCarts(em(), { sourceCartId: source, targetCartId: target });
  expect(await set('cart', target, {})).toEqual({ source: 'ad' });
  const { id: another } = await openCart(em(), { currencyCode: 'EUR', metadata: { source: 'mail' } });
  await mergeCarts(em(), { sourceCartId: another, targetCartId: target });
  expect(await set('cart', target, {})).toEqual({ source: 'ad' });
  expect(
    await shop().rows(`select id from cart where id in ('${source}', '${another}') and metadata is not null`),
  ).toEqual([]);
});

test('erasures, orders and changes at the same time leave nothing, and no deadlock', async () => {
  const variantId = await stockedVariant(shop(), 50);
  const expected = new Set(['done', 'cart-not-open', 'customer-not-found', 'order-not-found', 'cart-empty']);
  for (let round = 0; round < 20; round++) {
    const customerId = await customer(shop(), `dora-${round}@example.com`);
    const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR', metadata: { n: 1 } });
    const old = await buy(shop(), await shop().cart({ [variantId]: 1 }), { metadata: { n: 1 } });
    const codes = await outcomes([
      set('cart', cartId, { n: 2 }),
      set('customer', customerId, { n: 2 }),
      buy(shop(), cartId, { metadata: { n: 3 } }),
      erasePerson(em(), { customerId }),
      erasePerson(em(), { email: 'ann@example.com' }),
      set('order', old.id, { n: 2 }),
      set('cart', cartId, { n: 4 }),
      openCart(em(), { customerId, currencyCode: 'EUR', metadata: { n: 5 } }),
    ]);
    expect(codes.filter((code) => !expected.has(code))).toEqual([]);
    expect(
      await shop().rows(`select id from cart where customer_id = '${customerId}' and status <> 'open'
          and metadata is not null
        union all select id from customer where id = '${customerId}' and metadata is not null
        union all select id from sales_order where id = '${old.id}' and metadata is not null`),
    ).toEqual([]);
  }
  await expireCarts(em());
});

fuzzOperation(
  'setMetadata',
  shop,
  sample(setMetadata, async (shop) => ({
    of: 'cart' as const,
    id: await shop.cart({}),
    metadata: { a: [1, { b: null }], c: null },
  })),
);

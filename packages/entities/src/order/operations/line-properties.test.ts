import { describe, expect, test } from 'vitest';
import { outcome } from '../../../test/account.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, outcomes, stockedVariant, stockOf } from '../../../test/placed-order.ts';
import { buy, customer } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  authorizePayment,
  cancelLines,
  cancelOrder,
  erasePerson,
  exportPerson,
  expireHolds,
  mergeCarts,
  openCart,
  OutOfStock,
  refreshCart,
  removeCartLine,
  returnLines,
  setPrice,
  shipOrder,
  updateCartLine,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();

const forAnn = { engraving: 'Ann', font: { name: 'serif', sizes: [1, 2] } };
const forBob = { engraving: 'Bob' };

const linesOf = (cartId: string) =>
  shop().rows(`select variant_id, properties, quantity, unit_price_minor::int as price from cart_line
    where cart_id = '${cartId}' order by created_at, quantity`);

interface OrderedLine {
  id: string;
  properties: object | null;
  quantity: number;
  shipped: number;
  cancelled: number;
  returned: number;
  held: number;
}

const ordered = (orderId: string) =>
  shop().rows<OrderedLine>(`select l.id, properties, quantity, shipped_quantity as shipped,
      cancelled_quantity as cancelled, returned_quantity as returned,
      (select coalesce(sum(quantity), 0)::int from stock_reservation r
       where order_line_id = l.id and r.status = 'held') as held
    from order_line l where order_id = '${orderId}' order by position`);

/** A cart with three lines of one variant: 1 plain unit, 2 for Ann and 3 for Bob. */
async function threeLines(variantId: string, customerId?: string): Promise<string> {
  const { id: cartId } = await openCart(em(), { currencyCode: 'EUR', customerId });
  await addToCart(em(), { cartId, variantId, quantity: 1 });
  await addToCart(em(), { cartId, variantId, quantity: 2, properties: forAnn });
  await addToCart(em(), { cartId, variantId, quantity: 3, properties: forBob });
  return cartId;
}

describe('a cart', () => {
  test('finds the line again, whatever is written in its properties', async () => {
    const variantId = await stockedVariant(shop(), 9);
    const { id: cartId } = await openCart(em(), { currencyCode: 'EUR' });
    const hostile = ['say "hi"', 'C:\\x41', '\\x', '\u2028 ü 🎁', "it's", '\n'];
    for (const engraving of [...hostile, ...hostile]) {
      await addToCart(em(), { cartId, variantId, quantity: 1, properties: { engraving } });
    }
    expect((await linesOf(cartId)).map(({ quantity }) => quantity)).toEqual(hostile.map(() => 2));
  });

  test('has a line for each variant and properties, whatever the order of their keys', async () => {
    const variantId = await stockedVariant(shop(), 9);
    const cartId = await threeLines(variantId);
    const properties = { font: { sizes: [1, 2], name: 'serif' }, engraving: 'Ann' };
    const { lineId, quantity } = await addToCart(em(), { cartId, variantId, quantity: 5, properties });
    expect(quantity).toBe(7);
    expect(await addToCart(em(), { cartId, variantId, quantity: 1, properties: {} })).toMatchObject({
      lineId: variantId,
      quantity: 2,
    });
    expect(await linesOf(cartId)).toEqual([
      { variant_id: variantId, properties: null, quantity: 2, price: 1000 },
      { variant_id: variantId, properties: forAnn, quantity: 7, price: 1000 },
      { variant_id: variantId, properties: forBob, quantity: 3, price: 1000 },
    ]);
    await updateCartLine(em(), { cartId, lineId, quantity: 4 });
    await removeCartLine(em(), { cartId, variantId });
    expect(await linesOf(cartId)).toMatchObject([
      { properties: forAnn, quantity: 4 },
      { properties: forBob, quantity: 3 },
    ]);
    expect(await outcome(updateCartLine(em(), { cartId, variantId, quantity: 1 }))).toBe(
      'cart-line-not-found',
    );
    expect(await outcome(updateCartLine(em(), { cartId, lineId, variantId, quantity: 1 }))).toBe(
      'invalid-input',
    );
    expect(await outcome(removeCartLine(em(), { cartId }))).toBe('invalid-input');
  });

  test('adds up what is added to one line at the same time, and keeps the lines apart', async () => {
    const variantId = await stockedVariant(shop(), 1);
    const cartId = await shop().cart({});
    const each = Array.from({ length: 15 }, (_, n) => [{}, forAnn, forBob][n % 3]);
    await Promise.all(
      each.map((properties) => addToCart(em(), { cartId, variantId, quantity: 1, properties })),
    );
    expect((await linesOf(cartId)).map(({ quantity }) => quantity)).toEqual([5, 5, 5]);
  });

  test('refuses more than a line has, of that line only', async () => {
    const variantId = await stockedVariant(shop(), 1);
    const cartId = await threeLines(variantId);
    const add = (properties: typeof forBob, quantity: number) =>
      outcome(addToCart(em(), { cartId, variantId, quantity, properties }));
    expect(await add(forBob, 9997)).toBe('quantity-too-large');
    expect(await add({ engraving: 'Cleo' }, 9999)).toBe('done');
  });

  test.each([
    { what: 'a text of more than 4 KiB', properties: { a: '€'.repeat(1400) } },
    { what: 'six levels', properties: { a: { b: { c: { d: { e: {} } } } } } },
    { what: 'a NUL', properties: { a: 'x\0' } },
    { what: 'half of a surrogate pair', properties: { '\ud800': 1 } },
    { what: 'a date', properties: { a: new Date() } },
    { what: 'a list', properties: ['a'] },
  ])('refuses properties with $what', async ({ properties }) => {
    const input = { cartId: key().idempotencyKey, variantId: key().idempotencyKey, quantity: 1 };
    expect(await outcome(addToCart(em(), { ...input, properties: properties as never }))).toBe(
      'invalid-input',
    );
  });

  test('takes the largest properties, in text and as PostgreSQL keeps them', async () => {
    const variantId = await stockedVariant(shop(), 9);
    const cartId = await shop().cart({});
    for (const properties of [{ a: 'x'.repeat(4088) }, { a: Array.from({ length: 2044 }, () => 0) }]) {
      expect(JSON.stringify(properties).length).toBeGreaterThan(4090);
      expect(await outcome(addToCart(em(), { cartId, variantId, quantity: 1, properties }))).toBe('done');
    }
  });

  test('is refreshed line by line; what it is short of is told of the variant', async () => {
    const variantId = await stockedVariant(shop(), 5);
    const cartId = await threeLines(variantId);
    await setPrice(em(), { variantId, currency: 'EUR', amountMinor: 900n });
    const { lineId } = await addToCart(em(), { cartId, variantId, quantity: 1, properties: forBob });
    const { prices, shortages } = await refreshCart(em(), { cartId });
    expect(prices).toHaveLength(2);
    expect(prices.map((change) => change.lineId)).not.toContain(lineId);
    expect(shortages).toEqual([{ variantId, requested: 7, available: 5 }]);
    expect((await linesOf(cartId)).map(({ price }) => price)).toEqual([900, 900, 900]);
  });

  test('is merged line by line, and a merged one keeps nothing that a buyer has written', async () => {
    const variantId = await stockedVariant(shop(), 9);
    const [source, target] = [await threeLines(variantId), await shop().cart({})];
    await addToCart(em(), { cartId: target, variantId, quantity: 4, properties: forBob });
    expect(await mergeCarts(em(), { sourceCartId: source, targetCartId: target })).toEqual({
      leftOutVariantIds: [],
    });
    expect(
      (await linesOf(target)).map(({ properties, quantity }) => [properties, quantity]).toSorted(),
    ).toEqual(
      [
        [forBob, 7],
        [null, 1],
        [forAnn, 2],
      ].toSorted(),
    );
    expect(await linesOf(source)).toMatchObject([{ properties: null, quantity: 1 }]);
    const gone = await threeLines(variantId);
    await shop().rows(`update product_variant set deleted_at = now() where id = '${variantId}'`);
    expect(await mergeCarts(em(), { sourceCartId: gone, targetCartId: target })).toEqual({
      leftOutVariantIds: [variantId],
    });
  });
});

describe('an order', () => {
  test('has the lines of its cart, which are held, shipped, cancelled and returned each by itself', async () => {
    const variantId = await stockedVariant(shop(), 4, 5);
    const cartId = await threeLines(variantId);
    const { id: orderId } = await buy(shop(), cartId);
    expect(await ordered(orderId)).toMatchObject([
      { properties: null, quantity: 1, held: 1 },
      { properties: forAnn, quantity: 2, held: 2 },
      { properties: forBob, quantity: 3, held: 3 },
    ]);
    await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
    const [plain, ann, bob] = (await ordered(orderId)).map(({ id: lineId }) => ({ lineId }));
    if (plain === undefined || ann === undefined || bob === undefined) throw new Error('three lines');
    await shipOrder(em(), {
      ...key(),
      orderId,
      lines: [
        { ...ann, quantity: 2 },
        { ...bob, quantity: 1 },
      ],
    });
    await cancelLines(em(), { ...key(), orderId, lines: [{ ...bob, quantity: 2 }] });
    await returnLines(em(), { ...key(), orderId, lines: [{ ...ann, quantity: 1 }], restock: true });
    expect(await ordered(orderId)).toMatchObject([
      { shipped: 0, cancelled: 0, returned: 0, held: 1 },
      { shipped: 2, cancelled: 0, returned: 1, held: 0 },
      { shipped: 1, cancelled: 2, returned: 0, held: 0 },
    ]);
    const [levels] = await shop().rows(`select sum(on_hand)::int as on_hand, sum(reserved)::int as reserved
      from stock_level where variant_id = '${variantId}'`);
    expect(levels).toEqual({ on_hand: 9 - 3 + 1, reserved: 1 });
  });

  test('is refused where the lines together are more than the stock, which is told once', async () => {
    const variantId = await stockedVariant(shop(), 2, 3);
    const refused = await buy(shop(), await threeLines(variantId)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OutOfStock);
    expect(refused).toMatchObject({ lines: [{ variantId, requested: 6, available: 5 }] });
  });

  test('no unit is sold twice, and nothing deadlocks, where 30 carts have lines of the same variants', async () => {
    const variantIds = [await stockedVariant(shop(), 20, 10), await stockedVariant(shop(), 12, 20)];
    const carts = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const { id: cartId } = await openCart(em(), { currencyCode: 'EUR' });
        const lines = variantIds.flatMap((variantId) =>
          [forAnn, forBob].map((properties) => ({ variantId, properties })),
        );
        for (const line of n % 2 === 0 ? lines : lines.toReversed()) {
          await addToCart(em(), { cartId, ...line, quantity: 1 });
        }
        return cartId;
      }),
    );
    const results = await Promise.all(carts.map((cartId) => buy(shop(), cartId).catch((error) => error)));
    const placed = results.filter((result) => !(result instanceof Error));
    // 30 units of the first, 2 a cart.
    expect(placed).toHaveLength(15);
    expect(new Set(results.flatMap((result) => result.code ?? []))).toEqual(new Set(['out-of-stock']));
    // What is given back while others buy.
    const more = await Promise.all(
      Array.from({ length: 15 }, async () => {
        const cartId = await shop().cart({});
        for (const properties of [forBob, forAnn]) {
          for (const variantId of variantIds) {
            await addToCart(em(), { cartId, variantId, quantity: 1, properties });
          }
        }
        return cartId;
      }),
    );
    const codes = await outcomes([
      ...placed.map(({ id: orderId }) => cancelOrder(em(), { orderId })),
      ...more.map((cartId) => buy(shop(), cartId)),
      expireHolds(em()),
    ]);
    expect(codes.filter((code) => code !== 'done' && code !== 'out-of-stock')).toEqual([]);
    expect(await stockOf(shop(), variantIds[0] ?? '')).toHaveLength(2);
  });
});

describe('of a person', () => {
  test('properties are exported and erased, of carts and orders, and none are written afterwards', async () => {
    const variantId = await stockedVariant(shop(), 20);
    const customerId = await customer(shop(), 'carol@example.com');
    const { id: orderId } = await buy(shop(), await threeLines(variantId, customerId));
    const cartId = await threeLines(variantId, customerId);
    const exported = await exportPerson(em(), { customerId });
    expect(exported.orders[0]?.lines.map(({ properties }) => properties)).toEqual([null, forAnn, forBob]);
    expect(exported.carts.flatMap(({ lines }) => lines.map(({ properties }) => properties))).toEqual([
      null,
      forAnn,
      forBob,
      null,
      forAnn,
      forBob,
    ]);
    await erasePerson(em(), { customerId });
    expect((await ordered(orderId)).map(({ properties, quantity }) => [properties, quantity])).toEqual([
      [null, 1],
      [null, 2],
      [null, 3],
    ]);
    expect(await linesOf(cartId)).toMatchObject([{ properties: null, quantity: 1 }]);
    // A cart that was opened before the erasure, and committed after it.
    const late = await shop().cart({}, customerId);
    const add = (properties: object) =>
      outcome(addToCart(em(), { cartId: late, variantId, quantity: 1, properties: properties as never }));
    expect(await add(forAnn)).toBe('cart-not-open');
    expect(await add({})).toBe('done');
    const guest = await threeLines(variantId);
    await mergeCarts(em(), { sourceCartId: guest, targetCartId: late });
    expect(await linesOf(late)).toMatchObject([{ properties: null, quantity: 2 }]);
  });

  test('an erasure and additions at the same time leave nothing', async () => {
    const variantId = await stockedVariant(shop(), 20);
    const expected = new Set(['done', 'cart-not-open', 'customer-not-found']);
    for (let round = 0; round < 5; round++) {
      const customerId = await customer(shop(), `dora-${round}@example.com`);
      const add = async () => {
        const { id: cartId } = await openCart(em(), { currencyCode: 'EUR', customerId });
        await addToCart(em(), { cartId, variantId, quantity: 1, properties: forAnn });
      };
      const codes = await outcomes([add(), add(), erasePerson(em(), { customerId }), add(), add()]);
      expect(codes.filter((code) => !expected.has(code))).toEqual([]);
      expect(
        await shop().rows(`select l.id from cart_line l join cart c on c.id = cart_id
          where customer_id = '${customerId}' and properties is not null`),
      ).toEqual([]);
    }
  });

  test('the application erases what a line of an order has, and writes nothing else', async () => {
    const variantId = await stockedVariant(shop(), 6);
    const { id } = await buy(shop(), await threeLines(variantId));
    const set = (value: string) =>
      outcome(shop().rows(`update order_line set properties = ${value} where order_id = '${id}'`));
    expect(await set(`'{"engraving": "Eve"}'`)).toBe('23001');
    expect(await set('null')).toBe('done');
  });
});

fuzzOperation(
  'addToCart',
  shop,
  sample(addToCart, async (shop) => ({
    ...key(),
    cartId: await shop.cart({}),
    variantId: await stockedVariant(shop, 1),
    properties: forAnn,
    quantity: 2,
  })),
);

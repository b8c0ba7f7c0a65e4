import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  checkout,
  checkoutRequest,
  stockedQuantities,
  superuser,
  waitForLocks,
} from '../../../test/placed-order.ts';
import { type CheckoutRequest, OutOfStock, PriceChanged } from '../../index.ts';

const shop = useOpenShop();

const buy = async (cartId: string, more?: Partial<CheckoutRequest>) =>
  await checkout(shop().em(), await checkoutRequest(shop(), cartId, more));

const codeOf = (result: PromiseSettledResult<unknown>) =>
  result.status === 'fulfilled' ? 'placed' : (result.reason as { code: string }).code;

describe('an order', () => {
  test('has snapshots, totals, holds, an event, and completes the cart', async () => {
    const variant = await shop().offer(3, 4);
    const other = await shop().offer(1);
    const cartId = await shop().cart({ [variant]: 6, [other]: 1 });
    const order = await buy(cartId, {
      adjustments: [
        { kind: 'discount', code: 'WELCOME', amountMinor: 500n },
        { kind: 'shipping', code: 'standard', amountMinor: 499n },
        { kind: 'tax', code: 'VAT 20 %', amountMinor: 1300n },
      ],
    });
    expect(order.totalMinor).toBe(7000n - 500n + 499n + 1300n);
    const of = (columns: string, table: string, column = 'order_id') =>
      shop().rows(`select ${columns} from ${table} where ${column} = '${order.id}' order by 1`);
    expect(await of('status, number, subtotal_minor', 'sales_order', 'id')).toEqual([
      { status: 'pending', number: order.number.toString(), subtotal_minor: '7000' },
    ]);
    expect(await of('position, quantity, total_minor', 'order_line')).toEqual([
      { position: 1, quantity: 6, total_minor: '6000' },
      { position: 2, quantity: 1, total_minor: '1000' },
    ]);
    expect(await of('kind, full_name, country_code', 'order_address')).toEqual([
      { kind: 'billing', full_name: 'Ann', country_code: 'US' },
      { kind: 'shipping', full_name: 'Ann', country_code: 'US' },
    ]);
    // The discount is divided over the lines.
    expect(
      await of(
        `concat_ws(' ', kind, code, amount_minor, case when order_line_id is null then 'order' end) as charge`,
        'order_adjustment',
      ),
    ).toEqual([
      { charge: 'discount WELCOME 429' },
      { charge: 'discount WELCOME 71' },
      { charge: 'shipping standard 499 order' },
      { charge: 'tax VAT 20 % 1300 order' },
    ]);
    expect(await of('to_status', 'order_status_history')).toEqual([{ to_status: 'pending' }]);
    expect(await of('topic', 'outbox_event', 'aggregate_id')).toEqual([{ topic: 'order.placed' }]);
    // The location with most of it first, the rest from the other.
    expect(
      await shop()
        .rows(`select r.quantity, r.status from stock_reservation r join order_line l on l.id = order_line_id
        where l.order_id = '${order.id}' order by l.position, r.quantity desc`),
    ).toEqual([
      { quantity: 4, status: 'held' },
      { quantity: 2, status: 'held' },
      { quantity: 1, status: 'held' },
    ]);
    expect(await shop().rows(`select status from cart where id = '${cartId}'`)).toEqual([
      { status: 'completed' },
    ]);
  });

  test('takes the same few statements for 1 line and for 30', async () => {
    const counts: number[] = [];
    for (const variants of [1, 30]) {
      const cartId = await shop().cart(await stockedQuantities(shop(), { variants, units: 2 }));
      const request = await checkoutRequest(shop(), cartId);
      counts.push(await shop().countStatements(() => checkout(shop().em(), request)));
    }
    expect(counts).toEqual([6, 6]);
  });
});

describe('is refused, and leaves nothing,', () => {
  const unchanged = async (attempt: () => Promise<unknown>) => {
    const state = () =>
      shop()
        .rows(`select (select count(*) from sales_order) as orders, (select count(*) from idempotency_key) as keys,
        (select sum(reserved) from stock_level) as reserved, (select count(*) from stock_reservation) as holds`);
    const before = await state();
    const error: unknown = await attempt().then(
      () => 'placed',
      (reason) => reason,
    );
    expect(await state()).toEqual(before);
    return error;
  };

  test('when the stock does not cover a line', async () => {
    const [scarce, plenty] = [await shop().offer(2), await shop().offer(9)];
    const cartId = await shop().cart({ [scarce]: 3, [plenty]: 3 });
    const again = await checkoutRequest(shop(), cartId);
    const error = await unchanged(() => checkout(shop().em(), again));
    expect(error).toBeInstanceOf(OutOfStock);
    expect(error).toMatchObject({
      code: 'out-of-stock',
      lines: [{ variantId: scarce, requested: 3, available: 2 }],
    });
    // A back-order is a promise within its limit; the key of a failed request may be used again.
    await shop().rows(`update stock_level set backorder_limit = 1 where variant_id = '${scarce}'`);
    await checkout(shop().em(), again);
  });

  test('when a price has changed, or a variant is no longer for sale', async () => {
    const [dearer, gone] = [await shop().offer(5), await shop().offer(5)];
    const cartId = await shop().cart({ [dearer]: 1, [gone]: 1 });
    await shop().rows(`update price set amount_minor = 1100 where variant_id = '${dearer}'`);
    await shop().rows(`update product_variant set deleted_at = now() where id = '${gone}'`);
    const error = await unchanged(() => buy(cartId));
    expect(error).toBeInstanceOf(PriceChanged);
    expect(error).toMatchObject({
      lines: [
        { variantId: dearer, shownMinor: 1000n, currentMinor: 1100n },
        { variantId: gone, shownMinor: 1000n, currentMinor: undefined },
      ],
    });
  });

  test.each<{ what: string; change: Partial<CheckoutRequest>; code: string }>([
    { what: 'an empty cart', change: {}, code: 'cart-empty' },
    {
      what: 'a bad address',
      change: { shippingAddress: { fullName: 'Ann', line1: '1 Main St', city: 'York', countryCode: 'usa' } },
      code: 'invalid-input',
    },
    { what: 'no such cart', change: { cartId: randomUUID() }, code: 'cart-not-open' },
  ])('for $what', async ({ change, code }) => {
    const cartId = await shop().cart({});
    expect(await unchanged(() => buy(cartId, change))).toMatchObject({ code });
  });

  test('for a discount above the total', async () => {
    const cartId = await shop().cart({ [await shop().offer(1)]: 1 });
    const adjustments = [{ kind: 'discount' as const, code: 'x', amountMinor: 1001n }];
    expect(await unchanged(() => buy(cartId, { adjustments }))).toMatchObject({ code: 'invalid-input' });
  });
});

describe('concurrently', () => {
  test('60 buyers of the last 10 units get exactly 10', async () => {
    const variant = await shop().offer(6, 4);
    const carts = await Promise.all(Array.from({ length: 60 }, () => shop().cart({ [variant]: 1 })));
    const results = await Promise.allSettled(carts.map((cartId) => buy(cartId)));
    const codes = results.map(codeOf);
    expect(codes.filter((code) => code === 'placed')).toHaveLength(10);
    expect(codes.filter((code) => code === 'out-of-stock')).toHaveLength(50);
    expect(
      await shop().rows(`select sum(reserved)::int as reserved,
        (select sum(quantity)::int from stock_reservation where variant_id = '${variant}') as held
        from stock_level where variant_id = '${variant}'`),
    ).toEqual([{ reserved: 10, held: 10 }]);
  });

  describe('a checkout whose stock another takes after it was read', () => {
    /** Checks out what another transaction reduces to `left` units at the first location meanwhile. */
    const buyMeanwhile = async (variant: string, quantity: number, left: number) => {
      const cartId = await shop().cart({ [variant]: quantity });
      const request = await checkoutRequest(shop(), cartId);
      const other = await superuser(shop());
      await other.query('begin');
      await other.query(
        `update stock_level set on_hand = $2 where variant_id = $1 and on_hand = (
          select max(on_hand) from stock_level where variant_id = $1)`,
        [variant, left],
      );
      const placed = checkout(shop().em(), request);
      placed.catch(() => undefined);
      await waitForLocks(other, 1);
      await other.query('commit');
      return await placed;
    };

    test('is refused with what is left', async () => {
      const variant = await shop().offer(3);
      await expect(buyMeanwhile(variant, 2, 1)).rejects.toMatchObject({
        code: 'out-of-stock',
        lines: [{ variantId: variant, requested: 2, available: 1 }],
      });
      expect(await shop().rows(`select reserved from stock_level where variant_id = '${variant}'`)).toEqual([
        { reserved: 0 },
      ]);
    });

    test('gets it from another location', async () => {
      const variant = await shop().offer(5, 4);
      const { id } = await buyMeanwhile(variant, 3, 1);
      expect(
        await shop().rows(`select r.quantity, r.status from stock_reservation r
          join order_line l on l.id = r.order_line_id where l.order_id = '${id}'`),
      ).toEqual([{ quantity: 3, status: 'held' }]);
    });
  });

  test('carts with the same variants in any order do not deadlock', async () => {
    const variants = await Promise.all(Array.from({ length: 6 }, () => shop().offer(500, 500)));
    const carts: string[] = [];
    for (let index = 0; index < 60; index++) {
      const shuffled = variants.toSorted(() => Math.random() - 0.5);
      carts.push(await shop().cart(Object.fromEntries(shuffled.map((variant) => [variant, 2]))));
    }
    const results = await Promise.allSettled(carts.map((cartId) => buy(cartId)));
    expect(new Set(results.map(codeOf))).toEqual(new Set(['placed']));
  });

  test('one key makes one order, and answers each request with it', async () => {
    const cartId = await shop().cart({ [await shop().offer(5)]: 1 });
    const same = await checkoutRequest(shop(), cartId);
    const orders = await Promise.all(Array.from({ length: 30 }, () => checkout(shop().em(), same)));
    expect(new Set(orders.map((order) => order.id)).size).toBe(1);
    expect(orders[29]).toEqual(orders[0]);
    const other = checkout(shop().em(), { ...same, email: 'ben@example.com' });
    await expect(other).rejects.toMatchObject({ code: 'idempotency-conflict' });
    const openCartId = await shop().cart({ [await shop().offer(5)]: 1 });
    await expect(buy(openCartId, { idempotencyKey: same.idempotencyKey })).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
    await buy(openCartId);
  });

  test('one cart with many keys makes one order', async () => {
    const cartId = await shop().cart({ [await shop().offer(50)]: 1 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => buy(cartId)));
    expect(results.map(codeOf).toSorted()).toEqual([
      ...Array.from({ length: 19 }, () => 'cart-not-open'),
      'placed',
    ]);
  });
});

import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  expectInvariants,
  outcomes,
  stockedVariant,
  superuser,
  waitForLocks,
} from '../../../test/placed-order.ts';
import { buy, customer, offerCoupon, stockedVariants } from '../../../test/promoted-shop.ts';
import { addToCart, applyCoupon, cancelOrder, openCart, removeCoupon } from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

/** A guest's cart of one unit with the coupon. */
async function cartWith(code: string, variantId: string): Promise<string> {
  const cartId = await shop().cart({ [variantId]: 1 });
  await applyCoupon(em(), { cartId, code });
  return cartId;
}

/** Guests' carts with the coupon. Each has a variant of its own, so that their checkouts meet at the coupon only. */
async function cartsWith(code: string, count: number): Promise<string[]> {
  const variantIds = await stockedVariants(shop(), count);
  return await Promise.all(variantIds.map((variantId) => cartWith(code, variantId)));
}

const uses = (code: string) =>
  shop().rows(`select count(*)::int as uses, sum(discount_minor)::int as minor from coupon_redemption r
    join coupon c on c.id = r.coupon_id where c.code = '${code}' and released_at is null`);

test('50 checkouts at once with a coupon for 5 orders: exactly 5 get it, and the others order without', async () => {
  const code = await offerCoupon(shop(), { usageLimit: 5 });
  const carts = await cartsWith(code, 50);
  const buyAll = () =>
    outcomes(carts.map((cartId, index) => buy(shop(), cartId, { email: `guest-${index}@example.com` })));
  const codes = await buyAll();
  expect(codes.filter((outcome) => outcome === 'done')).toHaveLength(5);
  expect(codes.filter((outcome) => outcome === 'coupon-refused')).toHaveLength(45);
  expect(await uses(code)).toEqual([{ uses: 5, minor: 500 }]);
  await Promise.allSettled(carts.map((cartId) => removeCoupon(em(), { cartId })));
  expect((await buyAll()).filter((outcome) => outcome === 'done')).toHaveLength(45);
  expect(await uses(code)).toEqual([{ uses: 5, minor: 500 }]);
  await expectInvariants(shop());
});

test('a checkout that waits for its cart has the first coupon that the cart gets meanwhile', async () => {
  const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
  const code = await offerCoupon(shop());
  const placing = await em().transactional(async (applying) => {
    await applyCoupon(applying, { cartId, code });
    const running = Promise.allSettled([buy(shop(), cartId, { expectedTotalMinor: 900n })]);
    await waitForLocks(await superuser(shop()), 1);
    return { running };
  });
  expect(await placing.running).toMatchObject([{ status: 'fulfilled', value: { totalMinor: 900n } }]);
  expect(await uses(code)).toEqual([{ uses: 1, minor: 100 }]);
});

test.each(['first', 'together', 'last'])(
  'a customer uses a coupon once, although guests have the same address (the customer comes %s)',
  async (when) => {
    const variantId = await stockedVariant(shop(), 2);
    const customerId = await customer(shop(), `Ann-${when}@example.com`);
    const code = await offerCoupon(shop(), { customerUsageLimit: 1 });
    const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
    await addToCart(em(), { cartId, variantId, quantity: 1 });
    await applyCoupon(em(), { cartId, code });
    const guests = await cartsWith(code, 10);
    const own = () => outcomes([buy(shop(), cartId, { email: 'elsewhere@example.com' })]);
    const others = () =>
      outcomes(guests.map((guest) => buy(shop(), guest, { email: `ANN-${when}@example.com` })));
    const codes =
      when === 'together'
        ? (await Promise.all([own(), others()])).flat()
        : when === 'first'
          ? [...(await own()), ...(await others())]
          : [...(await others()), ...(await own())];
    expect(codes.toSorted()).toEqual([...Array.from({ length: 10 }, () => 'coupon-refused'), 'done']);
    await buy(shop(), await cartWith(code, variantId), { email: `ben-${when}@example.com` });
    expect(await uses(code)).toEqual([{ uses: 2, minor: 200 }]);
  },
);

test('a cancelled order gives the use back, once', async () => {
  const variantId = await stockedVariant(shop(), 10);
  const code = await offerCoupon(shop(), { usageLimit: 1, customerUsageLimit: 1 });
  const next = await cartWith(code, variantId);
  const { id: orderId } = await buy(shop(), await cartWith(code, variantId));
  await expect(buy(shop(), next)).rejects.toMatchObject({ reason: 'used-up' });
  await Promise.all(Array.from({ length: 3 }, () => cancelOrder(em(), { orderId })));
  expect(await buy(shop(), next)).toMatchObject({ totalMinor: 900n });
  expect(await uses(code)).toEqual([{ uses: 1, minor: 100 }]);
});

test('orders that are placed and cancelled at the same time never exceed the limit, and do not deadlock', async () => {
  const variants = await Promise.all([stockedVariant(shop(), 200), stockedVariant(shop(), 200)]);
  const codes = [await offerCoupon(shop(), { usageLimit: 3 }), await offerCoupon(shop(), { usageLimit: 3 })];
  const counts: unknown[] = [];
  const placeAndCancel = async (index: number) => {
    const cartId = await shop().cart(Object.fromEntries(variants.map((variantId) => [variantId, 1])));
    await applyCoupon(em(), { cartId, code: codes[index % 2] ?? '' });
    const { id: orderId } = await buy(shop(), cartId);
    for (const code of codes) counts.push((await uses(code))[0]?.['uses']);
    await cancelOrder(em(), { orderId });
  };
  const outcome = await outcomes(Array.from({ length: 30 }, (_, index) => placeAndCancel(index)));
  expect(new Set(['coupon-refused', ...outcome])).toEqual(new Set(['coupon-refused', 'done']));
  expect(Math.max(...counts.map(Number))).toBeLessThanOrEqual(3);
  for (const code of codes) expect(await uses(code)).toEqual([{ uses: 0, minor: null }]);
  await expectInvariants(shop());
});

test('the application cannot get past a limit with SQL of its own', async () => {
  const variantId = await stockedVariant(shop(), 5);
  const code = await offerCoupon(shop(), { usageLimit: 1 });
  await buy(shop(), await cartWith(code, variantId));
  const order = `insert into sales_order (currency_code, subtotal_minor, total_minor) values ('EUR', 0, 0) returning id`;
  const redeem = (columns: string, values: string) =>
    shop()
      .rows(`with o as (${order}) insert into coupon_redemption (order_id, coupon_id, discount_minor${columns})
      select o.id, c.id, 0${values} from o, coupon c where c.code = '${code}'`);
  await expect(redeem('', '')).rejects.toThrow('is used up');
  await expect(redeem(', released_at', ', now()')).rejects.toThrow('permission denied');
  for (const sql of [
    'delete from coupon_redemption',
    'update coupon_redemption set released_at = now()',
    `delete from coupon where code = '${code}'`,
  ]) {
    await expect(shop().rows(sql)).rejects.toThrow('permission denied');
  }
  expect(await uses(code)).toEqual([{ uses: 1, minor: 100 }]);
});

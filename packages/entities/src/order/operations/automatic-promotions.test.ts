import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  checkoutRequest,
  expectInvariants,
  outcomes,
  stockedVariant,
  superuser,
  waitForLocks,
} from '../../../test/placed-order.ts';
import { buy, customer, offerCoupon } from '../../../test/promoted-shop.ts';
import {
  applyCoupon,
  cancelOrder,
  checkoutWith,
  createCoupons,
  createPromotion,
  endPromotion,
  getOrder,
  listPromotions,
  noCharges,
  type PromotionCreation,
  taxByRegion,
  updatePromotion,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const destination = { countryCode: 'US' };
const newCode = () => `A-${randomUUID().slice(0, 8).toUpperCase()}`;
const { quoteCart, checkout } = checkoutWith({
  shipping: () => [{ code: 'standard', amountMinor: 499n }],
  tax: noCharges,
});

/** An automatic promotion of 10 % until the end of the test. */
async function offer(more: Partial<PromotionCreation> & { usageLimit?: number } = {}) {
  const { usageLimit, ...terms } = more;
  const code = newCode();
  const { promotionId } = await createPromotion(em(), {
    name: code,
    ...(terms.amountMinor === undefined && { ratePpm: 100_000 }),
    automatic: { code, usageLimit },
    ...terms,
  });
  onTestFinished(async () => {
    await endPromotion(em(), { promotionId }).catch(() => undefined);
  });
  return { code, promotionId };
}
/** A product of one variant at 10.00 EUR in a subcategory of a new category. */
async function categorised() {
  const variantId = await stockedVariant(shop(), 99);
  const slug = `c-${randomUUID()}`;
  const [row] = await shop().rows<{ top: string; product: string }>(`
    with top as (insert into category (slug, name) values ('${slug}', 'Top') returning id)
    select top.id as top, (select product_id from product_variant where id = '${variantId}') as product from top`);
  const [sub] = await shop().rows<{ id: string }>(
    `insert into category (parent_id, slug, name) values ('${row?.top}', 'sub', 'Sub') returning id`,
  );
  await shop().rows(
    `insert into product_category (product_id, category_id) values ('${row?.product}', '${sub?.id}') returning 1`,
  );
  return {
    variantId,
    productId: row?.product ?? '',
    categoryId: row?.top ?? '',
    subcategoryId: sub?.id ?? '',
  };
}
const quoted = async (cartId: string) => {
  const { promotions, discountMinor, shippingMinor, totalMinor } = await quoteCart(em(), {
    cartId,
    destination,
  });
  return { promotions, discountMinor, shippingMinor, totalMinor };
};

describe('an automatic promotion', () => {
  test('is charged, kept with the order, and given back when the order is cancelled', async () => {
    const { code } = await offer({ usageLimit: 1 });
    const cartId = await shop().cart({ [await stockedVariant(shop(), 9)]: 2 });
    const promotions = [{ code, discountMinor: 200n }];
    expect(await quoted(cartId)).toEqual({
      promotions,
      discountMinor: 200n,
      shippingMinor: 499n,
      totalMinor: 2299n,
    });
    const { id: orderId } = await checkout(em(), await checkoutRequest(shop(), cartId, {}, quoteCart));
    expect(await getOrder(em(), { orderId })).toMatchObject({
      discountMinor: 200n,
      totalMinor: 2299n,
      promotions: [{ code, scope: 'order', discountMinor: 200n }],
      adjustments: [
        { kind: 'discount', code, amountMinor: 200n },
        { kind: 'shipping', code: 'standard', amountMinor: 499n },
      ],
    });
    const uses = async () =>
      (await listPromotions(em(), { automatic: true })).find((each) => each.code === code)?.uses;
    expect(await uses()).toBe(1n);
    const next = await shop().cart({ [await stockedVariant(shop(), 9)]: 1 });
    expect((await quoted(next)).promotions).toEqual([]);
    await cancelOrder(em(), { orderId });
    expect(await uses()).toBe(0n);
    expect((await quoted(next)).promotions).toEqual([{ code, discountMinor: 100n }]);
    await expectInvariants(shop());
  });

  test('is for the variants, products or categories that it names, with their subcategories', async () => {
    const here = await categorised();
    const other = await categorised();
    const cartId = await shop().cart({ [here.variantId]: 2, [other.variantId]: 3 });
    for (const targets of [
      { variantIds: [here.variantId] },
      { productIds: [here.productId] },
      { categoryIds: [here.categoryId] },
      { categoryIds: [here.subcategoryId], variantIds: [here.variantId] },
    ]) {
      const { code, promotionId } = await offer({ scope: 'line', targets });
      const { lines, promotions } = await quoteCart(em(), { cartId, destination });
      expect(promotions).toEqual([{ code, discountMinor: 200n }]);
      expect(lines.find(({ variantId }) => variantId === here.variantId)?.discountMinor).toBe(200n);
      await endPromotion(em(), { promotionId });
    }
    const { promotionId } = await offer({ scope: 'line', targets: { categoryIds: [here.categoryId] } });
    const elsewhere = await shop().cart({ [other.variantId]: 1 });
    expect((await quoted(elsewhere)).promotions).toEqual([]);
    await endPromotion(em(), { promotionId });
  });

  test('of buy X get Y discounts what is got, for what is bought', async () => {
    const [coat, tee] = [await categorised(), await categorised()];
    const { code } = await offer({
      scope: 'line',
      ratePpm: 1_000_000,
      targets: { productIds: [tee.productId] },
      buyGet: { buyQuantity: 2, getQuantity: 1, of: { categoryIds: [coat.categoryId] } },
    });
    const cartId = await shop().cart({ [coat.variantId]: 5, [tee.variantId]: 3 });
    expect((await quoted(cartId)).promotions).toEqual([{ code, discountMinor: 2000n }]);
    const teesOnly = await shop().cart({ [tee.variantId]: 3 });
    expect((await quoted(teesOnly)).promotions).toEqual([]);
    await buy(shop(), cartId);
    await expectInvariants(shop());
  });

  test('of free shipping takes the fee off, which the order still names', async () => {
    const { code } = await offer({
      scope: 'shipping',
      ratePpm: 1_000_000,
      currency: 'EUR',
      minimumSubtotalMinor: 2000n,
    });
    const variantId = await stockedVariant(shop(), 9);
    const small = await shop().cart({ [variantId]: 1 });
    expect(await quoted(small)).toMatchObject({ promotions: [], shippingMinor: 499n });
    const cartId = await shop().cart({ [variantId]: 2 });
    expect(await quoted(cartId)).toMatchObject({
      promotions: [{ code, discountMinor: 499n }],
      discountMinor: 0n,
      shippingMinor: 0n,
      totalMinor: 2000n,
    });
    const { id: orderId } = await checkout(em(), await checkoutRequest(shop(), cartId, {}, quoteCart));
    expect(await getOrder(em(), { orderId })).toMatchObject({
      shippingMinor: 0n,
      adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: 0n }],
      promotions: [{ code, scope: 'shipping', discountMinor: 499n }],
    });
    await expectInvariants(shop());
  });

  test('includes the tax where prices do, and the tax follows', async () => {
    await shop().rows(`update currency set tax_included = true where code = 'EUR'`);
    onTestFinished(async () => {
      await shop().rows(`update currency set tax_included = false where code = 'EUR'`);
    });
    await offer({ amountMinor: 190n, currency: 'EUR' });
    const withTax = checkoutWith({
      shipping: noCharges,
      tax: taxByRegion([{ code: 'VAT', countryCode: 'US', ratePpm: 190_000, taxesShipping: true }]),
    });
    const cartId = await shop().cart({ [await stockedVariant(shop(), 9)]: 1 });
    expect(await withTax.quoteCart(em(), { cartId, destination })).toMatchObject({
      totalMinor: 810n,
      taxMinor: 129n,
      discountMinor: 190n,
    });
  });
});

describe('the conditions of a promotion', () => {
  test('customers: signed in, and the first order', async () => {
    const signedIn = await offer({ customers: 'signed_in', ratePpm: 10_000, combinesWith: ['order'] });
    const first = await offer({ customers: 'first_order', combinesWith: ['order'], priority: 1 });
    const variantId = await stockedVariant(shop(), 9);
    const guest = await shop().cart({ [variantId]: 1 });
    expect((await quoted(guest)).promotions).toEqual([]);
    const ann = await customer(shop(), `${randomUUID()}@example.com`);
    const cartId = await shop().cart({ [variantId]: 1 }, ann);
    expect((await quoted(cartId)).promotions.map(({ code }) => code).toSorted()).toEqual(
      [signedIn.code, first.code].toSorted(),
    );
    const order = await buy(shop(), cartId);
    const second = await shop().cart({ [variantId]: 1 }, ann);
    expect((await quoted(second)).promotions.map(({ code }) => code)).toEqual([signedIn.code]);
    await cancelOrder(em(), { orderId: order.id });
    expect((await quoted(second)).promotions).toHaveLength(2);
  });

  test('quantity, currency, and time', async () => {
    const variantId = await stockedVariant(shop(), 9);
    const { code } = await offer({ minimumQuantity: 3 });
    await offer({ currency: 'USD', ratePpm: 1_000_000 });
    await offer({ from: new Date(Date.now() + 3_600_000), ratePpm: 1_000_000 });
    const ended = await offer({ ratePpm: 1_000_000 });
    await endPromotion(em(), { promotionId: ended.promotionId });
    const two = await shop().cart({ [variantId]: 2 });
    expect((await quoted(two)).promotions).toEqual([]);
    const three = await shop().cart({ [variantId]: 3 });
    expect((await quoted(three)).promotions).toEqual([{ code, discountMinor: 300n }]);
  });
});

describe('with a coupon', () => {
  test('the cheaper of the two, or both where both combine', async () => {
    const variantId = await stockedVariant(shop(), 99);
    const { promotionId } = await offer({ scope: 'line' });
    const cartId = await shop().cart({ [variantId]: 1 });
    const code = await offerCoupon(shop(), { promotion: { ratePpm: 50_000 } });
    await applyCoupon(em(), { cartId, code });
    expect((await quoted(cartId)).discountMinor).toBe(100n);
    await shop().rows(`update promotion set combines_with = '{line}' where name = '${code}'`);
    expect((await quoted(cartId)).discountMinor).toBe(100n);
    await updatePromotion(em(), { promotionId, combinesWith: ['order'] });
    expect((await quoted(cartId)).discountMinor).toBe(145n);
    const { id: orderId } = await buy(shop(), cartId);
    expect((await getOrder(em(), { orderId })).promotions).toHaveLength(2);
    await expectInvariants(shop());
  });

  test('of lines, of too few units, or for other customers', async () => {
    const here = await categorised();
    const coupon = async (terms: Partial<PromotionCreation>) => {
      const { promotionId } = await createPromotion(em(), { name: 'x', ratePpm: 500_000, ...terms });
      const code = newCode();
      await createCoupons(em(), { promotionId, codes: [code] });
      return code;
    };
    const cartId = await shop().cart({ [here.variantId]: 1, [await stockedVariant(shop(), 9)]: 1 });
    const targets = { categoryIds: [here.categoryId] };
    const apply = async (terms: Partial<PromotionCreation>) =>
      await applyCoupon(em(), { cartId, code: await coupon(terms) });
    expect(await apply({ scope: 'line', targets })).toMatchObject({ discountMinor: 500n });
    await expect(apply({ scope: 'line', targets, minimumQuantity: 2 })).rejects.toMatchObject({
      reason: 'too-few-units',
    });
    await expect(apply({ customers: 'first_order' })).rejects.toMatchObject({ reason: 'other-customers' });
    const { code } = await offer();
    await expect(applyCoupon(em(), { cartId, code })).rejects.toMatchObject({ reason: 'unknown' });
  });
});

describe('at the same time', () => {
  test('20 checkouts share a limit of 7: the others are told, and get a new quote', async () => {
    const { code } = await offer({ usageLimit: 7 });
    const variantId = await stockedVariant(shop(), 99);
    const requests = await Promise.all(
      Array.from({ length: 20 }, async () =>
        checkoutRequest(shop(), await shop().cart({ [variantId]: 1 }), {}, quoteCart),
      ),
    );
    const results = await outcomes(requests.map((request) => checkout(em(), request)));
    // By then the promotion is used up for who reads it, or for who writes.
    expect(results.filter((each) => each === 'done')).toHaveLength(7);
    expect(results.every((each) => ['done', 'coupon-refused', 'total-changed'].includes(each))).toBe(true);
    const listed = (await listPromotions(em(), { automatic: true })).find((each) => each.code === code);
    expect(listed?.uses).toBe(7n);
    await expectInvariants(shop());
  });

  test('an edit between quote and checkout is refused with the new quote', async () => {
    const { promotionId, code } = await offer();
    const cartId = await shop().cart({ [await stockedVariant(shop(), 9)]: 1 });
    const request = await checkoutRequest(shop(), cartId, {}, quoteCart);
    await updatePromotion(em(), { promotionId, ratePpm: 990_000 });
    await expect(checkout(em(), request)).rejects.toMatchObject({
      code: 'total-changed',
      quote: { totalMinor: 509n, promotions: [{ code, discountMinor: 990n }] },
    });
    await endPromotion(em(), { promotionId });
    await expect(checkout(em(), request)).rejects.toMatchObject({
      code: 'total-changed',
      quote: { totalMinor: 1499n },
    });
  });
});

test('the locks of a customer for two limited coupons are taken in one order, whatever the coupons', async () => {
  const codes = await Promise.all(
    [1, 2].map(async (priority) => {
      const { code } = await offer({ combinesWith: ['order'], priority });
      return `'${code}'`;
    }),
  );
  await shop().rows(`update coupon set customer_usage_limit = 1 where code in (${codes.join()}) returning 1`);
  // Somebody for whom the first coupon has the later lock.
  const [buyer] = await shop().rows<{ email: string; first: number; last: number }>(`
    with bucket as (
      select name || '@example.com' as email, row_number() over (partition by name order by id) as place,
        hashtextextended(id::text || name || '@example.com', 0) & 1023 as bucket
      from coupon, (select 'locks-' || n as name from generate_series(1, 200) as n) as names
      where code in (${codes.join()}))
    select one.email, other.bucket::int as first, one.bucket::int as last
    from bucket one join bucket other using (email)
    where one.place = 1 and other.place = 2 and one.bucket > other.bucket limit 1`);
  const { email = '', first, last } = buyer ?? {};
  const cartId = await shop().cart({ [await stockedVariant(shop(), 9)]: 1 });
  const request = await checkoutRequest(shop(), cartId, { email }, quoteCart);
  const [holder, watcher] = [await superuser(shop()), await superuser(shop())];
  await holder.query(`begin; update coupon_customer_lock set uses = uses where bucket = ${first}`);
  const placed = checkout(em(), request);
  await waitForLocks(watcher, 1);
  const later = await watcher.query(
    `select from coupon_customer_lock where bucket = ${last} for update skip locked`,
  );
  await holder.query('rollback');
  expect(later.rowCount).toBe(1);
  const { id: orderId } = await placed;
  expect((await getOrder(em(), { orderId })).promotions).toHaveLength(2);
});

test('promotions cost a checkout no statement', async () => {
  const variantId = await stockedVariant(shop(), 99);
  const without = await checkoutRequest(shop(), await shop().cart({ [variantId]: 1 }), {}, quoteCart);
  const before = await shop().countStatements(() => checkout(em(), without));
  await offer({ scope: 'line', combinesWith: ['shipping'], usageLimit: 5 });
  await offer({ scope: 'shipping', combinesWith: ['line'] });
  const request = await checkoutRequest(shop(), await shop().cart({ [variantId]: 1 }), {}, quoteCart);
  expect(await shop().countStatements(() => checkout(em(), request))).toBe(before);
});

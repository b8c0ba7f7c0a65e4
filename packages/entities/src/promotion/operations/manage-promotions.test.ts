import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { key, outcomes, superuser } from '../../../test/placed-order.ts';
import { stockedVariants } from '../../../test/promoted-shop.ts';
import {
  actingAs,
  createCoupons,
  createPromotion,
  endPromotion,
  listPromotions,
  type PromotionCreation,
  updatePromotion,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);
const newCode = () => `T-${randomUUID().slice(0, 8).toUpperCase()}`;
const tenPercent = { name: '10 %', ratePpm: 100_000 };
const create = async (more: Partial<PromotionCreation> = {}) =>
  (await createPromotion(em(), { ...tenPercent, ...more })).promotionId;
const listed = async (promotionId: string) =>
  (await listPromotions(em(), { limit: 1000 })).find((each) => each.promotionId === promotionId);
const logOf = async (promotionId: string) =>
  (
    await (
      await superuser(shop())
    ).query(`select actor, action, detail from audit_log where entity_id = '${promotionId}' order by id`)
  ).rows;

describe('createPromotion', () => {
  test('has what was given, and its defaults', async () => {
    expect(await listed(await create())).toMatchObject({
      ...tenPercent,
      automatic: false,
      scope: 'order',
      amountMinor: null,
      currency: null,
      minimumSubtotalMinor: 0n,
      customers: 'all',
      combinesWith: [],
      until: null,
      targets: [],
      code: null,
    });
    const [variantId = ''] = await stockedVariants(shop(), 1);
    const code = newCode();
    const until = inDays(9);
    const promotionId = await create({
      scope: 'line',
      targets: { variantIds: [variantId, variantId.toUpperCase()] },
      buyGet: { buyQuantity: 2, getQuantity: 1 },
      customers: 'signed_in',
      priority: 3,
      combinesWith: ['order', 'order'],
      until,
      automatic: { code: code.toLowerCase(), usageLimit: 7 },
    });
    expect(await listed(promotionId)).toMatchObject({
      automatic: true,
      scope: 'line',
      targets: [{ role: 'get', variantId, productId: null }],
      buyQuantity: 2,
      getQuantity: 1,
      customers: 'signed_in',
      priority: 3,
      combinesWith: ['order'],
      until,
      code,
      usageLimit: 7,
      uses: 0n,
    });
  });

  const [product, category] = [randomUUID(), randomUUID()];
  const refused: { what: string; more: Partial<PromotionCreation>; code: string }[] = [
    { what: 'neither rate nor amount', more: { ratePpm: undefined }, code: 'invalid-input' },
    { what: 'both', more: { amountMinor: 5n, currency: 'EUR' }, code: 'invalid-input' },
    {
      what: 'an amount of no currency',
      more: { ratePpm: undefined, amountMinor: 5n },
      code: 'invalid-input',
    },
    { what: 'a minimum of no currency', more: { minimumSubtotalMinor: 5n }, code: 'invalid-input' },
    {
      what: 'targets of an order',
      more: { targets: { productIds: [product] } },
      code: 'invalid-input',
    },
    { what: 'targets that name nothing', more: { scope: 'line', targets: {} }, code: 'invalid-input' },
    {
      what: 'an amount of what is got',
      more: {
        scope: 'line',
        ratePpm: undefined,
        amountMinor: 5n,
        currency: 'EUR',
        buyGet: { buyQuantity: 1, getQuantity: 1 },
      },
      code: 'invalid-input',
    },
    { what: 'a beginning in the past', more: { from: inDays(-1) }, code: 'invalid-input' },
    {
      what: 'an end before the beginning',
      more: { from: inDays(2), until: inDays(1) },
      code: 'invalid-input',
    },
    { what: 'an unknown currency', more: { currency: 'XXA' }, code: 'currency-not-found' },
    {
      what: 'an unknown product',
      more: { scope: 'line', targets: { productIds: [product] } },
      code: 'product-not-found',
    },
    {
      what: 'an unknown variant',
      more: { scope: 'line', targets: { variantIds: [product] } },
      code: 'variant-not-found',
    },
    {
      what: 'an unknown category to buy',
      more: {
        scope: 'line',
        buyGet: { buyQuantity: 1, getQuantity: 1, of: { categoryIds: [category] } },
      },
      code: 'category-not-found',
    },
  ];
  test.each(refused)('refuses $what, and leaves nothing', async ({ more, code }) => {
    const count = () => shop().rows('select count(*) from promotion');
    const before = await count();
    await expect(create(more)).rejects.toMatchObject({ name: 'UserError', code });
    expect(await count()).toEqual(before);
  });

  test('of two at once with one code, one is refused; with one key, there is one', async () => {
    const automatic = { code: newCode() };
    expect(await outcomes([create({ automatic }), create({ automatic })])).toEqual(['coupon-exists', 'done']);
    const keyed = { ...key(), automatic: { code: newCode() } };
    const [first, second] = await Promise.all([create(keyed), create(keyed)]);
    expect(first).toBe(second);
    await expect(create({ ...keyed, priority: 1 })).rejects.toMatchObject({ code: 'idempotency-conflict' });
  });

  test('is the same when it is repeated after its beginning', async () => {
    const keyed = { ...key(), from: new Date(Date.now() - 59_000) };
    const first = await create(keyed);
    await setTimeout(1100);
    expect(await create(keyed)).toBe(first);
    await expect(create({ ...keyed, ...key() })).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('updatePromotion', () => {
  test('changes what is given, and is in the audit log', async () => {
    const promotionId = await create({ currency: 'EUR' });
    const change = { promotionId, ratePpm: 200_000, minimumSubtotalMinor: 500n, reason: 'more' };
    await actingAs('marketing', updatePromotion)(em(), change);
    expect(await listed(promotionId)).toMatchObject({
      name: '10 %',
      ratePpm: 200_000,
      minimumSubtotalMinor: 500n,
      currency: 'EUR',
    });
    expect(await logOf(promotionId)).toMatchObject([
      { action: 'promotion.create' },
      {
        actor: 'marketing',
        action: 'promotion.update',
        detail: { ratePpm: 200_000, minimumSubtotalMinor: '500', reason: 'more' },
      },
    ]);
  });

  test('refuses an unknown one, an amount of a rate, and a minimum of no currency', async () => {
    const promotionId = await create();
    expect(
      await outcomes([
        updatePromotion(em(), { promotionId: randomUUID(), priority: 1 }),
        updatePromotion(em(), { promotionId, amountMinor: 5n }),
        updatePromotion(em(), { promotionId, minimumSubtotalMinor: 5n }),
      ]),
    ).toEqual(['invalid-input', 'invalid-input', 'promotion-not-found']);
    expect(await listed(promotionId)).toMatchObject({ ratePpm: 100_000, amountMinor: null });
  });

  test('of different terms at once keeps both', async () => {
    const promotionId = await create();
    await Promise.all([
      updatePromotion(em(), { promotionId, priority: 4 }),
      updatePromotion(em(), { promotionId, ratePpm: 5 }),
    ]);
    expect(await listed(promotionId)).toMatchObject({ priority: 4, ratePpm: 5 });
  });
});

describe('endPromotion', () => {
  test('now, later, and before it begins', async () => {
    const [now, later, future] = [await create(), await create(), await create({ from: inDays(5) })];
    await endPromotion(em(), { promotionId: now, reason: 'sold' });
    await endPromotion(em(), { promotionId: later, at: inDays(1) });
    await endPromotion(em(), { promotionId: future });
    const idsOf = async (state: 'active' | 'ended' | 'upcoming') =>
      (await listPromotions(em(), { state, limit: 1000 })).map((each) => each.promotionId);
    expect(await idsOf('ended')).toEqual(expect.arrayContaining([now, future]));
    expect(await idsOf('active')).toContain(later);
    expect(await idsOf('upcoming')).not.toContain(future);
    expect((await logOf(now)).at(-1)).toMatchObject({ action: 'promotion.end', detail: { reason: 'sold' } });
  });

  test('never later than it ends: that would begin it again', async () => {
    const promotionId = await create({ until: inDays(2) });
    await expect(endPromotion(em(), { promotionId, at: inDays(3) })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await endPromotion(em(), { promotionId, at: inDays(1) });
    await expect(endPromotion(em(), { promotionId, at: inDays(2) })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  test('refuses a past time, an unknown one, and one that has ended, also by another at once', async () => {
    const promotionId = await create();
    await expect(endPromotion(em(), { promotionId, at: inDays(-1) })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(endPromotion(em(), { promotionId: randomUUID() })).rejects.toMatchObject({
      code: 'promotion-not-found',
    });
    await endPromotion(em(), { promotionId });
    expect(
      await outcomes([endPromotion(em(), { promotionId }), endPromotion(em(), { promotionId })]),
    ).toEqual(['promotion-ended', 'promotion-ended']);
  });
});

describe('createCoupons', () => {
  test('makes all or none', async () => {
    const promotionId = await create();
    const [a, b] = [newCode(), newCode()];
    const limits = { usageLimit: 9, customerUsageLimit: 1 };
    expect(await createCoupons(em(), { promotionId, codes: [a.toLowerCase()], ...limits })).toEqual({
      created: 1,
    });
    await expect(createCoupons(em(), { promotionId, codes: [b, a] })).rejects.toMatchObject({
      code: 'coupon-exists',
    });
    await expect(createCoupons(em(), { promotionId, codes: [b, b] })).rejects.toMatchObject({
      code: 'coupon-exists',
    });
    expect(
      await shop().rows(`select code, usage_limit, customer_usage_limit from coupon
        where promotion_id = '${promotionId}'`),
    ).toEqual([{ code: a, usage_limit: 9, customer_usage_limit: 1 }]);
  });

  test('refuses an unknown promotion, an automatic one, and a code that is none', async () => {
    const promotionId = await create({ automatic: { code: newCode() } });
    const codes = [newCode()];
    expect(
      await outcomes([
        createCoupons(em(), { promotionId: randomUUID(), codes }),
        createCoupons(em(), { promotionId, codes }),
        createCoupons(em(), { promotionId, codes: ['a b'] }),
        createCoupons(em(), { promotionId, codes: [] }),
      ]),
    ).toEqual(['invalid-input', 'invalid-input', 'promotion-automatic', 'promotion-not-found']);
  });

  test('of two at once with one code, one is refused; with one key, it is done once', async () => {
    const promotionId = await create();
    const coupons = { promotionId, codes: [newCode()] };
    expect(await outcomes([createCoupons(em(), coupons), createCoupons(em(), coupons)])).toEqual([
      'coupon-exists',
      'done',
    ]);
    const keyed = { ...key(), promotionId, codes: [newCode()] };
    expect(await outcomes([createCoupons(em(), keyed), createCoupons(em(), keyed)])).toEqual([
      'done',
      'done',
    ]);
  });
});

test('listPromotions pages from the newest on, without a gap', async () => {
  for (let count = 0; count < 5; count++) await create();
  const all = await listPromotions(em(), { limit: 1000 });
  const paged: string[] = [];
  for (;;) {
    const page = await listPromotions(em(), { limit: 2, after: paged.at(-1) });
    paged.push(...page.map((each) => each.promotionId));
    if (page.length < 2) break;
  }
  expect(paged).toEqual(all.map((each) => each.promotionId));
  expect((await listPromotions(em(), { automatic: true })).every(({ automatic }) => automatic)).toBe(true);
});

fuzzOperation(
  'createPromotion',
  shop,
  sample(createPromotion, async (shop) => ({
    ...key(),
    ...tenPercent,
    scope: 'line' as const,
    currency: 'EUR',
    targets: { variantIds: await stockedVariants(shop, 1) },
    buyGet: { buyQuantity: 2, getQuantity: 1, of: { variantIds: await stockedVariants(shop, 1) } },
    minimumSubtotalMinor: 5n,
    minimumQuantity: 1,
    customers: 'all' as const,
    priority: 1,
    combinesWith: ['order' as const],
    from: inDays(1),
    until: inDays(2),
    automatic: { code: newCode(), usageLimit: 3 },
    reason: 'season',
  })),
);
fuzzOperation(
  'updatePromotion',
  shop,
  sample(updatePromotion, async () => ({
    promotionId: await create({ currency: 'EUR' }),
    name: 'new',
    ratePpm: 5,
    minimumSubtotalMinor: 5n,
    minimumQuantity: 1,
    priority: 1,
    combinesWith: ['order' as const],
    reason: 'season',
  })),
);
fuzzOperation(
  'endPromotion',
  shop,
  sample(endPromotion, async () => ({ promotionId: await create(), at: inDays(1), reason: 'sold' })),
);
fuzzOperation(
  'createCoupons',
  shop,
  sample(createCoupons, async () => ({
    ...key(),
    promotionId: await create(),
    codes: [newCode()],
    usageLimit: 3,
    customerUsageLimit: 1,
    reason: 'season',
  })),
);
fuzzOperation(
  'listPromotions',
  shop,
  sample(listPromotions, async () => ({
    after: await create(),
    limit: 5,
    automatic: false,
    state: 'active' as const,
  })),
);

import { randomUUID } from 'node:crypto';
import {
  createCoupons,
  createPromotion,
  endPromotion,
  listPromotions,
  type PromotionCreation,
  updatePromotion,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';

/** So short that few are in force at once. */
const lastsMs = 15_000;

/** A promotion, automatic or with coupons, of any kind; what is quoted with it may have ended at the checkout. */
export async function promote(client: Client): Promise<void> {
  const { market, random } = client;
  const code = `DRILL-${randomUUID().slice(0, 8)}`;
  const isAutomatic = random.chance(50);
  const limit = random.chance(50) ? { usageLimit: random.upTo(10) } : {};
  const created = await client.keyed<PromotionCreation, { promotionId: string }>(createPromotion, {
    name: 'Drilled',
    ...termsOf(client),
    customers: random.weighted([
      [8, 'all'],
      [1, 'signed_in'],
      [1, 'first_order'],
    ]),
    priority: random.below(3),
    combinesWith: random.chance(50) ? ['line', 'order', 'shipping'] : [],
    until: new Date(Date.now() + lastsMs),
    ...(isAutomatic ? { automatic: { code, ...limit } } : {}),
  });
  if (created === undefined) return;
  const { promotionId } = created;
  client.tally.acknowledge('promotion', promotionId);
  market.promotionIds.add(promotionId);
  if (isAutomatic) return;
  const coupons = await client.keyed(createCoupons, { promotionId, codes: [code], ...limit });
  if (coupons !== undefined) market.couponCodes.add(code);
}

/** What it takes off, and of what. */
function termsOf({ market, random }: Client): Partial<PromotionCreation> {
  const variantIds = [market.wares.pick(random), market.wares.pick(random)].flatMap((ware) =>
    ware === undefined ? [] : [ware.variantId],
  );
  const targets = random.chance(50) && variantIds.length > 0 ? { targets: { variantIds } } : {};
  return random.weighted<() => Partial<PromotionCreation>>([
    [2, () => ({ scope: 'order', ratePpm: random.upTo(300_000) })],
    [1, () => ({ scope: 'order', ratePpm: 50_000, minimumSubtotalMinor: 3000n, currency: 'EUR' })],
    [2, () => ({ scope: 'order', amountMinor: random.amountUpTo(2000n), currency: 'EUR' })],
    [3, () => ({ scope: 'line', ratePpm: random.upTo(1_000_000), ...targets })],
    [2, () => ({ scope: 'line', amountMinor: random.amountUpTo(500n), currency: 'USD', ...targets })],
    [
      2,
      () => ({ scope: 'line', ratePpm: 1_000_000, buyGet: { buyQuantity: 2, getQuantity: 1 }, ...targets }),
    ],
    [2, () => ({ scope: 'shipping', ratePpm: 1_000_000 })],
  ])();
}

export async function changePromotion(client: Client): Promise<void> {
  const { market, random } = client;
  const promotionId = market.promotionIds.pick(random);
  if (promotionId === undefined) return;
  const change = { promotionId, reason: 'drill' };
  await random.weighted<() => Promise<unknown>>([
    [3, () => client.run(updatePromotion, { ...change, priority: random.below(5) }, { idempotent: true })],
    [1, () => client.run(endPromotion, change, { idempotent: true })],
    [1, () => client.read(listPromotions, { state: 'active' })],
  ])();
}

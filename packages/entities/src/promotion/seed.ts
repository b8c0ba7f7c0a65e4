import { type Emit, type Random, Uuid } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { text, textArray, uuid, uuidArray } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { SeedContext } from '../seed-context/seed-context.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const promotionTables = {
  promotion: ['id', 'name', 'rate_ppm', 'currency_code', 'minimum_subtotal_minor', 'created_at'],
  coupon: ['id', 'promotion_id', 'code', 'created_at'],
} as const;

/** A coupon of the plan, with the promotion that it grants. */
export interface SeedCoupon {
  id: Uuid;
  promotionId: Uuid;
  code: string;
  name: string;
  ratePpm: number;
  minimumMinor: number;
}

/** The coupons after seeding. */
export interface PromotionContext {
  coupons: readonly SeedCoupon[];
  /** Those that the shop does not have yet. */
  newCoupons: readonly SeedCoupon[];
}

/** By ascending minimum. The codes are recognisable, and clash with none of a real shop. */
const seasonCoupons = [
  { code: 'DEMO10', name: '10 % off', ratePpm: 100_000, minimumUnits: 0 },
  { code: 'DEMO15', name: '15 % off from 100 on', ratePpm: 150_000, minimumUnits: 100 },
];

const findCoupons = statement({
  params: { codes: textArray },
  row: { code: text, id: uuid },
  sql: 'select code, id from coupon where code = any (:codes)',
});

/** The coupons of the plan. Those that an earlier run created keep their ids, and are not in `newCoupons`. */
export async function readPromotionContext(
  client: ClientBase,
  random: Random,
  { atMs, minorPerUnit }: { atMs: number; minorPerUnit: number },
): Promise<PromotionContext> {
  const found = await findCoupons(client, { codes: seasonCoupons.map(({ code }) => code) });
  const known = new Map(found.map(({ code, id }) => [code, Uuid.parse(id)]));
  const coupons = seasonCoupons.map(({ minimumUnits, ...coupon }, n) => {
    const draw = random.draw('coupon', n);
    const promotionId = draw.uuid7(atMs);
    const id = known.get(coupon.code) ?? draw.uuid7(atMs);
    return { ...coupon, id, promotionId, minimumMinor: minimumUnits * minorPerUnit };
  });
  return { coupons, newCoupons: coupons.filter(({ code }) => !known.has(code)) };
}

/** The best coupon for a subtotal. */
export function couponFor(coupons: readonly SeedCoupon[], subtotalMinor: number): SeedCoupon | undefined {
  return coupons.findLast(({ minimumMinor }) => minimumMinor <= subtotalMinor);
}

/** A coupon and its promotion; `startPromotions` says since when it is valid. */
export function generateCoupon(
  index: number,
  emit: Emit<typeof promotionTables>,
  context: SeedContext & PromotionContext & { currency: string },
): void {
  const coupon = context.newCoupons[index];
  if (coupon === undefined) return;
  const { id, promotionId, code, name, ratePpm, minimumMinor } = coupon;
  const createdAt = context.time(0);
  emit.promotion({
    id: promotionId,
    name,
    rate_ppm: ratePpm,
    currency_code: minimumMinor === 0 ? null : context.currency,
    minimum_subtotal_minor: minimumMinor,
    created_at: createdAt,
  });
  emit.coupon({ id, promotion_id: promotionId, code, created_at: createdAt });
}

const startPromotionsOf = statement({
  params: { promotionIds: uuidArray },
  sql: 'update promotion set valid = tstzrange(created_at, null) where id = any (:promotionIds)',
});

/** Sets when the promotions begin: a range cannot be loaded. */
export async function startPromotions(client: ClientBase, { newCoupons }: PromotionContext): Promise<void> {
  const promotionIds = newCoupons.map(({ promotionId }) => promotionId.toString());
  await startPromotionsOf(client, { promotionIds });
}

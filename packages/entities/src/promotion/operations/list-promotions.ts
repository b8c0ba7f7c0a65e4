import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import type { PromotionScope } from '../../pricing/apply-promotions.ts';
import {
  bool,
  int4,
  int8,
  nullable,
  text,
  textArray,
  textOf,
  timestamptz,
  uuid,
} from '../../runtime/sql-type.ts';
import { jsonRows, type RowOf, rowsOf, statement } from '../../runtime/statement.ts';

const request = z.strictObject({
  after: z.uuid().optional(),
  limit: wholeNumber(1, 1000).default(50),
  automatic: z.boolean().optional(),
  state: z.enum(['upcoming', 'active', 'ended']).optional(),
});

/**
 * Which promotions {@link listPromotions} returns: all, or the `automatic` ones or the others, in one `state`; after
 * the promotion `after`, at most `limit` (default 50).
 */
export type PromotionList = z.input<typeof request>;

const promotion = {
  promotionId: uuid,
  name: text,
  automatic: bool,
  scope: textOf<PromotionScope>(),
  ratePpm: nullable(int4),
  amountMinor: nullable(int8),
  currency: nullable(text),
  minimumSubtotalMinor: int8,
  minimumQuantity: int4,
  buyQuantity: nullable(int4),
  getQuantity: nullable(int4),
  customers: textOf<'all' | 'signed_in' | 'first_order'>(),
  priority: int4,
  combinesWith: textArray,
  from: timestamptz,
  /** Null: open. */
  until: nullable(timestamptz),
  targets: jsonRows({
    role: textOf<'get' | 'buy'>(),
    productId: nullable(uuid),
    variantId: nullable(uuid),
    categoryId: nullable(uuid),
  }),
  /** Of an automatic one; the others have coupons. */
  code: nullable(text),
  usageLimit: nullable(int4),
  /** Of an automatic one with a limit: how many orders use it. */
  uses: nullable(int8),
};

/** A promotion, as it is maintained. */
export type PromotionDetail = RowOf<typeof promotion>;

const selectPromotions = statement({
  params: { after: nullable(uuid), limit: int8, automatic: nullable(bool), state: nullable(text) },
  row: promotion,
  sql: `select p.id as "promotionId", p.name, p.automatic, p.scope, p.rate_ppm as "ratePpm", p.amount_minor as "amountMinor",
      p.currency_code as currency, p.minimum_subtotal_minor as "minimumSubtotalMinor",
      p.minimum_quantity as "minimumQuantity", p.buy_quantity as "buyQuantity", p.get_quantity as "getQuantity",
      p.customers, p.priority, p.combines_with as "combinesWith", lower(p.valid) as "from", upper(p.valid) as until,
      ${rowsOf(`select role, product_id as "productId", variant_id as "variantId", category_id as "categoryId", id as sort
        from promotion_target where promotion_id = p.id`)} as targets,
      coupon.code, coupon.usage_limit as "usageLimit",
      (select sum(uses) from coupon_counter where coupon_id = coupon.id) as uses
    from promotion p left join coupon on coupon.promotion_id = p.id and p.automatic
    where (:after::uuid is null or p.id < :after) and (:automatic::boolean is null or p.automatic = :automatic)
      and (:state::text is null or :state = case when lower(p.valid) > now() then 'upcoming'
        when p.valid @> now() then 'active' else 'ended' end)
    order by p.id desc limit :limit`,
});

/**
 * Lists promotions, the newest first. It only reads, and may run on a replica, by `onReader`. The next page begins
 * after the last promotion of this one.
 *
 * @throws UserError `invalid-input`
 */
export async function listPromotions(
  em: EntityManager,
  input: PromotionList = {},
): Promise<PromotionDetail[]> {
  return await selectPromotions(em, parseInput(request, input));
}

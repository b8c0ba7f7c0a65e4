import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { lockOpenCart } from './lock-open-cart.ts';
import { textUpTo } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { bool, int4, int8, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { jsonRows, rowsOf, statement } from '../../runtime/statement.ts';
import { CouponRefused } from '../../promotion/operations/coupon-refused.ts';
import {
  parsePromotionTerms,
  type PromotionTermsJson,
  promotionTermsJson,
  requireTerms,
} from '../../promotion/operations/promotion-terms.ts';
import { applyPromotions } from '../../pricing/apply-promotions.ts';
import { hitTargets } from './cart-promotions.ts';

const removal = z.strictObject({ cartId: z.uuid() });
const application = removal.extend({ code: textUpTo(40).trim().toUpperCase().min(1) });

/** What {@link applyCoupon} takes: `code` in any case. */
export type CouponApplication = z.infer<typeof application>;

/** A coupon of a cart. */
export interface AppliedCoupon {
  code: string;
  /**
   * What it takes off the present lines without other promotions, in minor units of the cart's currency; 0 for one of
   * the shipping. What is charged says `quoteCart`.
   */
  discountMinor: bigint;
}

const selectCoupon = statement({
  params: { cartId: uuid, customerId: nullable(uuid), code: text },
  row: {
    terms: jsonb<PromotionTermsJson>(),
    lines: jsonRows({ lineId: uuid, quantity: int4, unitPriceMinor: int8 }),
    isUsedUp: bool,
    isUsedByCustomer: bool,
  },
  sql: `with ${hitTargets}
    select ${promotionTermsJson} as terms,
      ${rowsOf(`select id as "lineId", quantity, unit_price_minor::text as "unitPriceMinor", id as sort
        from cart_line where cart_id = :cartId`)} as lines,
      coalesce(coupon.usage_limit <= (
        select sum(uses) from coupon_counter where coupon_id = coupon.id
      ), false) as "isUsedUp",
      coalesce(coupon.customer_usage_limit <= (
        select count(*) from sales_order o join coupon_redemption r on r.order_id = o.id
        where o.customer_id = :customerId and r.coupon_id = coupon.id and r.released_at is null
      ), false) as "isUsedByCustomer"
    from coupon join promotion on promotion.id = coupon.promotion_id join cart on cart.id = :cartId
    where coupon.code = :code and not promotion.automatic`,
});

const upsertCartCoupon = statement({
  params: { cartId: uuid, couponId: uuid },
  row: {},
  sql: `insert into cart_coupon (cart_id, coupon_id) values (:cartId, :couponId)
    on conflict (cart_id) do update set coupon_id = excluded.coupon_id`,
});

const deleteCartCoupon = statement({
  params: { cartId: uuid },
  row: {},
  sql: 'delete from cart_coupon where cart_id = :cartId',
});

/**
 * Puts a coupon on an open cart, in place of the one it has. This does not count as a use: the checkout uses the
 * coupon, and refuses it if it has reached a limit by then.
 *
 * @throws UserError `invalid-input`, `cart-not-open`
 * @throws CouponRefused `coupon-refused`: `reason` says why
 */
export async function applyCoupon(em: EntityManager, input: CouponApplication): Promise<AppliedCoupon> {
  const { cartId, code } = parseInput(application, input);
  return await em.transactional(async (em) => {
    const { customerId, currencyCode } = await lockOpenCart(em, cartId);
    const [found] = await selectCoupon(em, { cartId, customerId, code });
    if (found === undefined) throw new CouponRefused(code, 'unknown');
    if (found.isUsedUp) throw new CouponRefused(code, 'used-up');
    if (found.isUsedByCustomer) throw new CouponRefused(code, 'used-by-customer');
    const terms = parsePromotionTerms(found.terms);
    const lines = found.lines.map((line) => ({
      ...line,
      leftMinor: BigInt(line.quantity) * line.unitPriceMinor,
    }));
    const subtotalMinor = lines.reduce((sum, { leftMinor }) => sum + leftMinor, 0n);
    requireTerms(terms, { currencyCode, subtotalMinor, lines });
    await upsertCartCoupon(em, { cartId, couponId: terms.id });
    const { parts } = applyPromotions(lines, [terms], () => 0n);
    return { code, discountMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) };
  });
}

/**
 * Takes the coupon off an open cart; does nothing where there is none.
 *
 * @throws UserError `invalid-input`, `cart-not-open`
 */
export async function removeCoupon(em: EntityManager, input: z.infer<typeof removal>): Promise<void> {
  const { cartId } = parseInput(removal, input);
  await em.transactional(async (em) => {
    await lockOpenCart(em, cartId);
    await deleteCartCoupon(em, { cartId });
  });
}

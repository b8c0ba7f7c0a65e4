import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { lockOpenCart } from './lock-open-cart.ts';
import { textUpTo } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { bool, int8Sum, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { CouponRefused } from '../../promotion/operations/coupon-refused.ts';
import {
  type CouponTermsJson,
  couponTermsJson,
  parseCouponTerms,
  requireTerms,
} from '../../promotion/operations/coupon-terms.ts';
import { promotionDiscount } from '../../pricing/promotion-discount.ts';

const removal = z.strictObject({ cartId: z.uuid() });
const application = removal.extend({ code: textUpTo(40).trim().toUpperCase().min(1) });

/** What {@link applyCoupon} takes: `code` in any case. */
export type CouponApplication = z.infer<typeof application>;

/** A coupon of a cart. */
export interface AppliedCoupon {
  code: string;
  /** What it takes off the present lines, in minor units of the cart's currency. */
  discountMinor: bigint;
}

const selectCoupon = statement({
  params: { cartId: uuid, customerId: nullable(uuid), code: text },
  row: { terms: jsonb<CouponTermsJson>(), subtotalMinor: int8Sum, isUsedUp: bool, isUsedByCustomer: bool },
  sql: `select ${couponTermsJson} as terms,
      (select coalesce(sum(quantity * unit_price_minor), 0) from cart_line where cart_id = :cartId) as "subtotalMinor",
      coalesce(coupon.usage_limit <= (
        select sum(uses) from coupon_counter where coupon_id = coupon.id
      ), false) as "isUsedUp",
      coalesce(coupon.customer_usage_limit <= (
        select count(*) from sales_order o join coupon_redemption r on r.order_id = o.id
        where o.customer_id = :customerId and r.coupon_id = coupon.id and r.released_at is null
      ), false) as "isUsedByCustomer"
    from coupon join promotion on promotion.id = coupon.promotion_id
    where coupon.code = :code`,
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
 * Puts a coupon on an open cart, in place of the one it has. This does not count as a use: the checkout uses the coupon,
 * and refuses it if it has reached a limit by then.
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
    const terms = parseCouponTerms(found.terms);
    const { subtotalMinor } = found;
    requireTerms(terms, { currencyCode, subtotalMinor });
    await upsertCartCoupon(em, { cartId, couponId: terms.id });
    return { code, discountMinor: promotionDiscount(terms, subtotalMinor) };
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

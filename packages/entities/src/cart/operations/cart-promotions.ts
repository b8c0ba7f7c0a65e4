import { isForBuyer, promotionTermsJson } from '../../promotion/operations/promotion-terms.ts';

const target = (on: string) => `
    select target.promotion_id, target.role, item.id as line_id
    from cart_line item join product_variant of_line on of_line.id = item.variant_id
    ${on}
    where item.cart_id = :cartId`;

/**
 * SQL: a CTE of which lines of the cart `:cartId` are of which targets of promotions, found from the lines: its cost
 * does not depend on how many promotions there are. A category's are those of its subcategories, too.
 */
export const hitTargets = `hit as (${[
  'join promotion_target target on target.variant_id = of_line.id',
  'join promotion_target target on target.product_id = of_line.product_id',
  `join product_category placed on placed.product_id = of_line.product_id
    join category on category.id = placed.category_id
    join category above on above.path @> category.path
    join promotion_target target on target.category_id = above.id`,
]
  .map(target)
  .join(' union ')})`;

/**
 * SQL: whether {@link promotionsOfCart} may find any: the cart has a coupon, or an automatic one is valid. To begin a
 * statement with the terms costs the server a tenth of a checkout, even where there are none.
 */
export const hasPromotions = `(exists (select from cart_coupon where cart_id = :cartId)
    or exists (select from promotion where automatic and valid @> now()))`;

/**
 * SQL: a sub-select of a list of the terms of the promotions of the cart `:cartId`, or null: that of its coupon, and
 * the automatic ones that are valid, not used up, and for its currency, its customer and its lines.
 */
export const promotionsOfCart = `(with ${hitTargets},
    granted as (
      select coupon_id from cart_coupon where cart_id = :cartId
      union all
      select coupon.id from promotion join coupon on coupon.promotion_id = promotion.id
        join cart on cart.id = :cartId
      where promotion.automatic and promotion.valid @> now()
        and (promotion.currency_code is null or promotion.currency_code = cart.currency_code)
        and (promotion.id in (select promotion_id from hit)
          or not exists (select from promotion_target t where t.promotion_id = promotion.id))
        and ${isForBuyer}
        and (coupon.usage_limit is null
          or coupon.usage_limit > (select sum(uses) from coupon_counter where coupon_id = coupon.id)))
    select jsonb_agg(${promotionTermsJson})
    from granted join coupon on coupon.id = granted.coupon_id join promotion on promotion.id = coupon.promotion_id
      join cart on cart.id = :cartId)`;

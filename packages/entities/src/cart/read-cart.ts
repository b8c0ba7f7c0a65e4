import type { EntityManager } from '@mikro-orm/postgresql';
import {
  type CouponTerms,
  type CouponTermsJson,
  couponTermsJson,
  parseCouponTerms,
} from '../promotion/coupon-terms.ts';
import type { OpenCart } from './lock-open-cart.ts';

/** A line of a cart beside the catalog. */
export interface CartLineNow {
  variantId: string;
  quantity: number;
  /** What the customer saw. */
  shownMinor: bigint;
  /** The base price now. Undefined: it is not for sale in the cart's currency. */
  currentMinor: bigint | undefined;
  sku: string | null;
  title: string;
  variantTitle: string;
}

/** What is in a cart, and its coupon, in one statement; none of it where the cart is empty. */
export async function readCart(
  em: EntityManager,
  cart: Pick<OpenCart, 'id' | 'currencyCode'>,
): Promise<{ lines: CartLineNow[]; coupon: CouponTerms | undefined }> {
  type Row = Omit<CartLineNow, 'shownMinor' | 'currentMinor'> & {
    shown: string;
    current: string | null;
    coupon: CouponTermsJson | null;
  };
  const rows = await em.execute<Row[]>(
    `select line.variant_id as "variantId", line.quantity, line.unit_price_minor as shown,
       price.amount_minor as current, variant.sku, product.title, variant.title as "variantTitle",
       (select ${couponTermsJson}
        from cart_coupon join coupon on coupon.id = cart_coupon.coupon_id
        join promotion on promotion.id = coupon.promotion_id
        where cart_coupon.cart_id = ?) as coupon
     from cart_line line
     join product_variant variant on variant.id = line.variant_id
     join product on product.id = variant.product_id
     left join price on price.variant_id = variant.id and price.currency_code = ? and price.price_list_code = 'base'
       and price.valid @> now()
       and variant.deleted_at is null and product.deleted_at is null and product.status = 'active'
     where line.cart_id = ?
     order by line.created_at, line.variant_id`,
    [cart.id, cart.currencyCode, cart.id],
  );
  const coupon = rows[0]?.coupon ?? undefined;
  return {
    lines: rows.map(({ variantId, quantity, shown, current, sku, title, variantTitle }) => ({
      variantId,
      quantity,
      shownMinor: BigInt(shown),
      currentMinor: current === null ? undefined : BigInt(current),
      sku,
      title,
      variantTitle,
    })),
    coupon: coupon && parseCouponTerms(coupon),
  };
}

/** The lines whose current price is not the one that was shown. */
export function priceChanges(lines: readonly CartLineNow[]) {
  return lines
    .filter((line) => line.currentMinor !== line.shownMinor)
    .map(({ variantId, shownMinor, currentMinor }) => ({ variantId, shownMinor, currentMinor }));
}

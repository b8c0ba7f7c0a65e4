import type { EntityManager } from '@mikro-orm/postgresql';
import { baseList, currentPrice } from '../../catalog/operations/current-price.ts';
import { executePrepared } from '../../runtime/execute-prepared.ts';
import type { StockSupply } from '../../inventory/operations/allocate-stock.ts';
import {
  type CouponTerms,
  type CouponTermsJson,
  couponTermsJson,
  parseCouponTerms,
} from '../../promotion/operations/coupon-terms.ts';
import type { OpenCart } from './lock-open-cart.ts';

/** A line of a cart beside the catalog. */
export interface CartLineNow {
  variantId: string;
  quantity: number;
  /** What the customer saw. */
  shownMinor: bigint;
  /** The price now. Undefined: it is not for sale in the cart's list and currency. */
  currentMinor: bigint | undefined;
  /** The list that was asked last: that of the price, or `base` where there is none. */
  priceList: string;
  sku: string | null;
  title: string;
  variantTitle: string;
}

/** What is in a cart, and its coupon; none of it where the cart is empty. */
export interface CartContents {
  lines: CartLineNow[];
  coupon: CouponTerms | undefined;
}

/** Reads a cart in one statement. */
export async function readCart(
  em: EntityManager,
  cart: Pick<OpenCart, 'id' | 'currencyCode' | 'priceList'>,
): Promise<CartContents> {
  return await selectCart(em, cart, { with: '', supplies: 'null' });
}

/**
 * Reads a cart in one statement, which also locks the stock of its variants until the transaction ends. Every checkout
 * takes these locks in this order; a row that had to be waited for is read as it is now.
 */
export async function readCartAndLockStock(
  em: EntityManager,
  cart: Pick<OpenCart, 'id' | 'currencyCode' | 'priceList'>,
): Promise<CartContents & { supplies: StockSupply[] }> {
  return await selectCart(em, cart, {
    with: `with supply as (
      select variant_id, location_id, on_hand - reserved + backorder_limit as available
      from stock_level
      where variant_id in (select variant_id from cart_line where cart_id = $1)
        and location_id in (select id from stock_location where active)
      order by variant_id, location_id
      for no key update)`,
    supplies: `(select jsonb_agg(jsonb_build_object(
        'variantId', variant_id, 'locationId', location_id, 'available', available))
      from supply where variant_id = line.variant_id)`,
  });
}

async function selectCart(
  em: EntityManager,
  cart: Pick<OpenCart, 'id' | 'currencyCode' | 'priceList'>,
  sql: { with: string; supplies: string },
): Promise<CartContents & { supplies: StockSupply[] }> {
  type Row = Omit<CartLineNow, 'shownMinor' | 'currentMinor'> & {
    shown: string;
    current: string | null;
    coupon: CouponTermsJson | null;
    supplies: StockSupply[] | null;
  };
  // Most carts are of base: their statement has nothing to choose from.
  const isBase = cart.priceList === 'base';
  const rows = await executePrepared<Row>(
    em,
    `${sql.with}
     select line.variant_id as "variantId", line.quantity, line.unit_price_minor as shown,
       price.amount_minor as current, coalesce(price.price_list_code, 'base') as "priceList",
       variant.sku, product.title, variant.title as "variantTitle",
       (select ${couponTermsJson}
        from cart_coupon join coupon on coupon.id = cart_coupon.coupon_id
        join promotion on promotion.id = coupon.promotion_id
        where cart_coupon.cart_id = $1) as coupon,
       ${sql.supplies} as supplies
     from cart_line line
     join product_variant variant on variant.id = line.variant_id
     join product on product.id = variant.product_id
     left join lateral (${currentPrice('variant.id', { priceList: isBase ? baseList : '$3', currency: '$2' })}) price
       on variant.deleted_at is null and product.deleted_at is null and product.status = 'active'
     where line.cart_id = $1
     order by line.created_at, line.variant_id`,
    isBase ? [cart.id, cart.currencyCode] : [cart.id, cart.currencyCode, cart.priceList],
  );
  const coupon = rows[0]?.coupon ?? undefined;
  return {
    lines: rows.map(({ variantId, quantity, shown, current, priceList, sku, title, variantTitle }) => ({
      variantId,
      quantity,
      shownMinor: BigInt(shown),
      currentMinor: current === null ? undefined : BigInt(current),
      priceList,
      sku,
      title,
      variantTitle,
    })),
    coupon: coupon && parseCouponTerms(coupon),
    supplies: rows.flatMap(({ supplies }) => supplies ?? []),
  };
}

/** The lines whose current price is not the one that was shown. */
export function priceChanges(lines: readonly CartLineNow[]) {
  return lines
    .filter((line) => line.currentMinor !== line.shownMinor)
    .map(({ variantId, shownMinor, currentMinor }) => ({ variantId, shownMinor, currentMinor }));
}

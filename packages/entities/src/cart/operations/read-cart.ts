import type { EntityManager } from '@mikro-orm/postgresql';
import { baseList, currentPrice } from '../../catalog/operations/current-price.ts';
import { int4, int8, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
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

const cartParams = { cartId: uuid, currencyCode: text };
const listParams = { ...cartParams, priceList: text };

const lineRow = {
  variantId: uuid,
  quantity: int4,
  shownMinor: int8,
  currentMinor: nullable(int8),
  priceList: text,
  sku: nullable(text),
  title: text,
  variantTitle: text,
  coupon: nullable(jsonb<CouponTermsJson>()),
};
const lockedLineRow = { ...lineRow, supplies: nullable(jsonb<StockSupply[]>()) };

const cartLines = (priceList: string, more = '') => `
  select line.variant_id as "variantId", line.quantity, line.unit_price_minor as "shownMinor",
    price.amount_minor as "currentMinor", coalesce(price.price_list_code, 'base') as "priceList",
    variant.sku, product.title, variant.title as "variantTitle",
    (select ${couponTermsJson}
     from cart_coupon join coupon on coupon.id = cart_coupon.coupon_id
     join promotion on promotion.id = coupon.promotion_id
     where cart_coupon.cart_id = :cartId) as coupon${more}
  from cart_line line
  join product_variant variant on variant.id = line.variant_id
  join product on product.id = variant.product_id
  left join lateral (${currentPrice('variant.id', { priceList, currency: ':currencyCode' })}) price
    on variant.deleted_at is null and product.deleted_at is null and product.status = 'active'
  where line.cart_id = :cartId
  order by line.created_at, line.variant_id`;

const lockedCartLines = (priceList: string) => `with supply as (
    select variant_id, location_id, on_hand - reserved + backorder_limit as available
    from stock_level
    where variant_id in (select variant_id from cart_line where cart_id = :cartId)
      and location_id in (select id from stock_location where active)
    order by variant_id, location_id
    for no key update)
  ${cartLines(
    priceList,
    `, (select jsonb_agg(jsonb_build_object(
        'variantId', variant_id, 'locationId', location_id, 'available', available))
      from supply where variant_id = line.variant_id) as supplies`,
  )}`;

// Most carts are of base: their statements have nothing to choose from.
const readBaseLines = statement({
  isPrepared: true,
  params: cartParams,
  row: lineRow,
  sql: cartLines(baseList),
});
const readListLines = statement({
  isPrepared: true,
  params: listParams,
  row: lineRow,
  sql: cartLines(':priceList'),
});
const readBaseLinesAndLock = statement({
  isPrepared: true,
  params: cartParams,
  row: lockedLineRow,
  sql: lockedCartLines(baseList),
});
const readListLinesAndLock = statement({
  isPrepared: true,
  params: listParams,
  row: lockedLineRow,
  sql: lockedCartLines(':priceList'),
});

/** Reads a cart in one statement. */
export async function readCart(
  em: EntityManager,
  { id: cartId, currencyCode, priceList }: Pick<OpenCart, 'id' | 'currencyCode' | 'priceList'>,
): Promise<CartContents> {
  return contentsOf(
    priceList === 'base'
      ? await readBaseLines(em, { cartId, currencyCode })
      : await readListLines(em, { cartId, currencyCode, priceList }),
  );
}

/**
 * Reads a cart in one statement, which also locks the stock of its variants until the transaction ends. Every checkout
 * takes these locks in this order; a row that had to be waited for is read as it is now.
 */
export async function readCartAndLockStock(
  em: EntityManager,
  { id: cartId, currencyCode, priceList }: Pick<OpenCart, 'id' | 'currencyCode' | 'priceList'>,
): Promise<CartContents & { supplies: StockSupply[] }> {
  const rows =
    priceList === 'base'
      ? await readBaseLinesAndLock(em, { cartId, currencyCode })
      : await readListLinesAndLock(em, { cartId, currencyCode, priceList });
  const supplies = rows.flatMap(({ supplies }) => supplies ?? []);
  return { ...contentsOf(rows), supplies };
}

function contentsOf(rows: readonly RowOf<typeof lineRow>[]): CartContents {
  const coupon = rows[0]?.coupon ?? undefined;
  return {
    lines: rows.map(
      ({ variantId, quantity, shownMinor, currentMinor, priceList, sku, title, variantTitle }) => ({
        variantId,
        quantity,
        shownMinor,
        currentMinor: currentMinor ?? undefined,
        priceList,
        sku,
        title,
        variantTitle,
      }),
    ),
    coupon: coupon && parseCouponTerms(coupon),
  };
}

/** The lines whose current price is not the one that was shown. */
export function priceChanges(lines: readonly CartLineNow[]) {
  return lines
    .filter((line) => line.currentMinor !== line.shownMinor)
    .map(({ variantId, shownMinor, currentMinor }) => ({ variantId, shownMinor, currentMinor }));
}

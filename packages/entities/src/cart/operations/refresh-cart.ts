import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { int4, jsonb, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { CouponRefusal } from '../../promotion/operations/coupon-refused.ts';
import { refusalByTerms } from '../../promotion/operations/promotion-terms.ts';
import type { PriceChange } from './price-changed.ts';
import type { StockShortage } from '../../inventory/operations/out-of-stock.ts';
import { lockOpenCart, type OpenCart } from './lock-open-cart.ts';
import { type CartContents, priceChanges, readCart } from './read-cart.ts';

const refresh = z.strictObject({ cartId: z.uuid() });

/** What has changed in a cart since the customer saw it. */
export interface CartChanges {
  /** The list of the cart; what it has no price for costs what `base` says. */
  priceList: string;
  /** Lines that now have the current price; those without one were removed. */
  prices: PriceChange[];
  /** Lines that the stock does not cover; they are left as they are. */
  shortages: StockShortage[];
  /** The coupon of the cart, and why it does not apply, if so. Its limits are counted at the checkout. */
  coupon: { code: string; refusal: CouponRefusal | undefined } | undefined;
}

const changePrices = statement({
  params: { cartId: uuid, prices: jsonb() },
  row: {},
  sql: `with change as (
      select * from jsonb_to_recordset(:prices) as r ("lineId" uuid, "currentMinor" bigint)),
    removed as (
      delete from cart_line line using change
      where line.cart_id = :cartId and line.id = change."lineId" and change."currentMinor" is null)
    update cart_line line set unit_price_minor = change."currentMinor" from change
    where line.cart_id = :cartId and line.id = change."lineId" and change."currentMinor" is not null`,
});

const selectShortages = statement({
  params: { cartId: uuid },
  row: { variantId: uuid, requested: int4, available: int4 },
  sql: `select line.variant_id as "variantId", line.requested, coalesce(stock.available, 0)::integer as available
    from (select variant_id, sum(quantity)::integer as requested, min(created_at) as created_at
      from cart_line where cart_id = :cartId group by variant_id) line
    left join lateral (
      select sum(greatest(on_hand - reserved + backorder_limit, 0)) as available
      from stock_level level join stock_location location on location.id = level.location_id and location.active
      where level.variant_id = line.variant_id) stock on true
    where coalesce(stock.available, 0) < line.requested
    order by line.created_at, line.variant_id`,
});

/**
 * Sets the lines of a cart to the current prices, and returns what has changed, so that the customer can confirm it.
 * Looks at the stock, and holds none: checkout does that.
 *
 * @throws UserError `invalid-input`, `cart-not-open`
 */
export async function refreshCart(em: EntityManager, input: z.infer<typeof refresh>): Promise<CartChanges> {
  const { cartId } = parseInput(refresh, input);
  return await em.transactional(async (em) => refreshLockedCart(em, await lockOpenCart(em, cartId)));
}

/** {@link refreshCart} of a cart that this transaction has locked. */
export async function refreshLockedCart(em: EntityManager, cart: OpenCart): Promise<CartChanges> {
  const contents = await readCart(em, cart);
  const prices = priceChanges(contents.lines);
  if (prices.length > 0) await changePrices(em, { cartId: cart.id, prices });
  return await changesOf(em, cart, contents);
}

/** What the lines of a cart cost now, in minor units. */
export function subtotalOf(lines: CartContents['lines']): bigint {
  return lines.reduce((sum, { quantity, currentMinor = 0n }) => sum + BigInt(quantity) * currentMinor, 0n);
}

/** What has changed in a cart since these contents were shown. */
export async function changesOf(
  em: EntityManager,
  cart: OpenCart,
  { lines, coupon }: CartContents,
): Promise<CartChanges> {
  const linesForSale = lines.filter(({ currentMinor }) => currentMinor !== undefined);
  return {
    priceList: cart.priceList,
    prices: priceChanges(lines),
    shortages: await selectShortages(em, { cartId: cart.id }),
    coupon: coupon && {
      code: coupon.code,
      refusal: refusalByTerms(coupon, {
        currencyCode: cart.currencyCode,
        subtotalMinor: subtotalOf(lines),
        lines: linesForSale,
      }),
    },
  };
}

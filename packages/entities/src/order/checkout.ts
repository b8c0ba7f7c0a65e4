import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { once } from '../operations/once.ts';
import { parseInput } from '../parse-input.ts';
import { OutOfStock, PriceChanged } from '../shop-errors.ts';
import { allocateStock, type StockSupply } from './allocate-stock.ts';
import { type CheckoutRequest, checkoutRequest, type ParsedCheckout } from './checkout-request.ts';
import { type CheckoutCart, type CheckoutLine, insertOrder, type StoredOrder } from './insert-order.ts';

/** An order that was placed, now or by an earlier request with the same key. */
export interface PlacedOrder {
  id: string;
  number: bigint;
  totalMinor: bigint;
}

/**
 * Makes a pending order of an open cart, and holds the stock for it, in one transaction: all of it or nothing. Call
 * the payment provider afterwards. The same idempotency key makes one order, however often and concurrently it is
 * sent. Concurrent checkouts lock stock in one order, so that they wait for each other and never deadlock.
 *
 * @throws OutOfStock, PriceChanged, UserError `bad-input`, `cart-not-open`, `cart-empty`, `bad-adjustments`,
 *   `idempotency-conflict`
 */
export async function checkout(em: EntityManager, request: CheckoutRequest): Promise<PlacedOrder> {
  const input = parseInput(checkoutRequest, request);
  const stored = await em.transactional((em) =>
    once(em, { scope: 'checkout', key: input.idempotencyKey, request: input }, () => placeOrder(em, input)),
  );
  return { id: stored.id, number: BigInt(stored.number), totalMinor: BigInt(stored.totalMinor) };
}

async function placeOrder(em: EntityManager, input: ParsedCheckout): Promise<StoredOrder> {
  const [cart] = await em.execute<CheckoutCart[]>(
    `select id, customer_id, currency_code from cart
     where id = ? and status = 'open' and expires_at > now() for update`,
    [input.cartId],
  );
  if (cart === undefined) {
    throw new UserError('cart-not-open', `There is no open cart ${input.cartId}.`, {
      hint: 'It was ordered, merged or has expired: open a new one.',
    });
  }
  const lines = await linesAtCurrentPrices(em, cart);
  // Every checkout takes these locks in this order; a row that had to be waited for is read as it is now.
  const supplies = await em.execute<StockSupply[]>(
    `select variant_id as "variantId", location_id as "locationId", on_hand - reserved + backorder_limit as available
     from stock_level
     where variant_id in (select variant_id from cart_line where cart_id = ?)
       and location_id in (select id from stock_location where active)
     order by variant_id, location_id
     for no key update`,
    [cart.id],
  );
  const { allocations, shortages } = allocateStock(lines, supplies);
  if (shortages.length > 0) throw new OutOfStock(shortages);
  return await insertOrder(em, { input, cart, lines, allocations });
}

async function linesAtCurrentPrices(em: EntityManager, cart: CheckoutCart): Promise<CheckoutLine[]> {
  const rows = await em.execute<(CheckoutLine & { shown: string; current: string | null })[]>(
    `select line.variant_id as "variantId", line.quantity, line.unit_price_minor as shown,
       price.amount_minor as current, variant.sku, product.title, variant.title as "variantTitle"
     from cart_line line
     join product_variant variant on variant.id = line.variant_id
     join product on product.id = variant.product_id
     left join price on price.variant_id = variant.id and price.currency_code = ? and price.price_list_code = 'base'
       and price.valid @> now()
       and variant.deleted_at is null and product.deleted_at is null and product.status = 'active'
     where line.cart_id = ?
     order by line.created_at, line.variant_id`,
    [cart.currency_code, cart.id],
  );
  if (rows.length === 0) throw new UserError('cart-empty', `The cart ${cart.id} is empty.`);
  const changed = rows.filter((row) => row.current !== row.shown);
  if (changed.length > 0) {
    throw new PriceChanged(
      changed.map(({ variantId, shown, current }) => ({
        variantId,
        shownMinor: BigInt(shown),
        currentMinor: current === null ? undefined : BigInt(current),
      })),
    );
  }
  return rows.map((row) => ({ ...row, unitPriceMinor: BigInt(row.shown) }));
}

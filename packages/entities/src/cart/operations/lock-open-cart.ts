import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bool, int2, nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { extendedExpiry } from '../cart-expiry.ts';
import { priceListOf } from './cart-price.ts';

/** What {@link openCartColumns} are. */
export const openCartRow = {
  id: uuid,
  /** Null for a guest. */
  customerId: nullable(uuid),
  currencyCode: text,
  /** `base`, or the list whose prices come before those of `base`. */
  priceList: text,
  /** 1 unit of the currency is 10^exponent minor units. */
  exponent: int2,
  /** Whether its prices include their taxes. */
  taxIncluded: bool,
  /** When this was read, by the clock of the database. */
  at: timestamptz,
};

/** A cart that may be changed. */
export type OpenCart = RowOf<typeof openCartRow>;

/**
 * SQL: the columns of {@link openCartRow}, of `cart`. Its currency is looked up and not joined: a row that had to be
 * waited for, and has another currency now, would not fit into the join any more.
 */
export const openCartColumns = `cart.id, cart.customer_id as "customerId", cart.currency_code as "currencyCode",
    ${priceListOf('cart')} as "priceList", (select exponent from currency where code = cart.currency_code) as exponent,
    coalesce((select tax_included from price_list where code = cart.price_list_code),
      (select tax_included from currency where code = cart.currency_code)) as "taxIncluded", now() as at`;

/** SQL: whether `cart` is the open one of the parameter `:cartId`. */
export const isOpenCart = `cart.id = :cartId and cart.status = 'open' and cart.expires_at > now()`;

const selectCart = statement({
  isPrepared: true,
  params: { cartId: uuid },
  row: openCartRow,
  sql: `select ${openCartColumns} from cart where ${isOpenCart}`,
});

const extendCart = statement({
  isPrepared: true,
  params: { cartId: uuid },
  row: openCartRow,
  sql: `update cart set expires_at = ${extendedExpiry} where ${isOpenCart}
    returning ${openCartColumns}`,
});

/**
 * Locks an open cart for a change until the transaction ends: additions and checkouts of it wait. What belongs to it is
 * read in a later statement, which sees what was waited for. The change is activity: the cart expires later.
 *
 * @throws UserError `cart-not-open`
 */
export async function lockOpenCart(em: EntityManager, cartId: string): Promise<OpenCart> {
  return openOne(cartId, await extendCart(em, { cartId }));
}

/**
 * An open cart, without a lock.
 *
 * @throws UserError `cart-not-open`
 */
export async function findOpenCart(em: EntityManager, cartId: string): Promise<OpenCart> {
  return openOne(cartId, await selectCart(em, { cartId }));
}

function openOne(cartId: string, [cart]: OpenCart[]): OpenCart {
  if (cart === undefined) throw cartNotOpen(cartId);
  return cart;
}

export function cartNotOpen(cartId: string): UserError {
  return new UserError('cart-not-open', `There is no open cart ${cartId}.`, {
    hint: 'It was ordered or merged, or has expired: open a new one.',
  });
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executePrepared } from '../../runtime/execute-prepared.ts';
import { priceListOf } from './cart-price.ts';

/** A cart that may be changed. */
export interface OpenCart {
  id: string;
  customerId: string | null;
  currencyCode: string;
  /** `base`, or the list whose prices come before those of `base`. */
  priceList: string;
  /** 1 unit of the currency is 10^exponent minor units. */
  exponent: number;
}

/**
 * Locks an open cart until the transaction ends: additions and checkouts of it wait. What belongs to it is read in a later statement, which sees
 * what was waited for.
 *
 * @throws UserError `cart-not-open`
 */
export async function lockOpenCart(em: EntityManager, cartId: string): Promise<OpenCart> {
  return await selectOpenCart(em, cartId, 'for update of cart');
}

/**
 * An open cart, without a lock.
 *
 * @throws UserError `cart-not-open`
 */
export async function findOpenCart(em: EntityManager, cartId: string): Promise<OpenCart> {
  return await selectOpenCart(em, cartId, '');
}

async function selectOpenCart(em: EntityManager, cartId: string, lock: string): Promise<OpenCart> {
  const [cart] = await executePrepared<OpenCart>(em, `${openCartById('$1')} ${lock}`, [cartId]);
  if (cart === undefined) throw cartNotOpen(cartId);
  return cart;
}

/** SQL of an {@link OpenCart}, to which a condition and a lock of `cart` can be appended. */
export function openCartById(parameter: string): string {
  return `select cart.id, cart.customer_id as "customerId", cart.currency_code as "currencyCode",
      ${priceListOf('cart')} as "priceList", currency.exponent
    from cart join currency on currency.code = cart.currency_code
    where cart.id = ${parameter} and cart.status = 'open' and cart.expires_at > now()`;
}

export function cartNotOpen(cartId: string): UserError {
  return new UserError('cart-not-open', `There is no open cart ${cartId}.`, {
    hint: 'It was ordered, merged or has expired: open a new one.',
  });
}

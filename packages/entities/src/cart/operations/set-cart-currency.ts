import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { currencyCode } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { currencyNotFound } from './currency-not-found.ts';
import { findOpenCart, lockOpenCart } from './lock-open-cart.ts';
import { type CartChanges, refreshLockedCart } from './refresh-cart.ts';

const choice = z.strictObject({ cartId: z.uuid(), currencyCode });

/** What {@link setCartCurrency} takes. */
export type CartCurrency = z.infer<typeof choice>;

const updateCurrency = statement({
  params: { cartId: uuid, currencyCode: text },
  row: { code: text },
  sql: `update cart set currency_code = currency.code from currency
    where cart.id = :cartId and currency.code = :currencyCode
    returning currency.code`,
});

/**
 * Sets the currency of a cart. The lines get their prices in it, as with `refreshCart`, which removes what has none; a
 * coupon for another currency is reported there, too. The same currency again changes nothing.
 *
 * @returns what has changed, for the customer to see; prices of before are in the currency of before
 * @throws UserError `invalid-input`, `currency-not-found`, `cart-not-open`
 */
export async function setCartCurrency(em: EntityManager, input: CartCurrency): Promise<CartChanges> {
  const { cartId, currencyCode } = parseInput(choice, input);
  return await em.transactional(async (em) => {
    await lockOpenCart(em, cartId);
    const changed = await updateCurrency(em, { cartId, currencyCode });
    if (changed.length === 0) throw currencyNotFound(currencyCode);
    return await refreshLockedCart(em, await findOpenCart(em, cartId));
  });
}

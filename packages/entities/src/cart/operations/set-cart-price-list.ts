import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { requirePriceList } from '../../catalog/operations/require-price-list.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../../catalog/slug.ts';
import { text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { lockOpenCart } from './lock-open-cart.ts';
import { type CartChanges, refreshLockedCart } from './refresh-cart.ts';

const choice = z.strictObject({ cartId: z.uuid(), priceList: slug });

/** What {@link setCartPriceList} takes; `base` removes the list that the cart has. */
export type CartPriceList = z.infer<typeof choice>;

const updatePriceList = statement({
  params: { cartId: uuid, priceList: text },
  row: {},
  sql: `update cart set price_list_code = nullif(:priceList, 'base') where id = :cartId`,
});

/**
 * Sets the price list of a cart; `base` has the price of what the list has none for. The lines get the new prices, as
 * with `refreshCart`. The same list again changes nothing.
 *
 * @returns what has changed, for the customer to see
 * @throws UserError `invalid-input`, `price-list-not-found`, `cart-not-open`
 */
export async function setCartPriceList(em: EntityManager, input: CartPriceList): Promise<CartChanges> {
  const { cartId, priceList } = parseInput(choice, input);
  return await em.transactional(async (em) => {
    await requirePriceList(em, priceList);
    const cart = await lockOpenCart(em, cartId);
    await updatePriceList(em, { cartId, priceList });
    return await refreshLockedCart(em, { ...cart, priceList });
  });
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { currentPriceIn } from './cart-price.ts';
import { isOffered, maxQuantity } from './for-sale.ts';
import { cartNotOpen } from './lock-open-cart.ts';

const merger = z
  .strictObject({ sourceCartId: z.uuid(), targetCartId: z.uuid() })
  .refine(({ sourceCartId, targetCartId }) => sourceCartId !== targetCartId, 'a cart into itself');

/** What {@link mergeCarts} takes: a guest's cart, and the cart of the customer who has logged in. */
export type CartMerger = z.infer<typeof merger>;

/** What became of a merger. */
export interface MergedCarts {
  /** Variants of the source that are not for sale in the target's list and currency. */
  leftOutVariantIds: string[];
}

/**
 * Puts what is in a guest's cart into another one: quantities add up, to 9999 at most, and its coupon comes along where
 * the target has none. The target keeps its price list, and charges the current prices of it, whatever the source's list
 * was. The source is merged then. Once more is no error, and adds nothing. Both are locked in the order of their ids, so
 * that mergers do not deadlock.
 *
 * @throws UserError `bad-input`; `cart-not-open`; `not-a-guest-cart`
 */
export async function mergeCarts(em: EntityManager, input: CartMerger): Promise<MergedCarts> {
  const { sourceCartId, targetCartId } = parseInput(merger, input);
  return await em.transactional(async (em) => {
    type Cart = { id: string; isOpen: boolean; isGuest: boolean; mergedIntoId: string | null };
    const carts = await em.execute<Cart[]>(
      `select id, status = 'open' and expires_at > now() as "isOpen", customer_id is null as "isGuest",
         merged_into_id as "mergedIntoId"
       from cart where id in (?, ?) order by id for update`,
      [sourceCartId, targetCartId],
    );
    const source = carts.find(({ id }) => id === sourceCartId);
    if (source?.mergedIntoId === targetCartId) return { leftOutVariantIds: [] };
    for (const id of [sourceCartId, targetCartId]) {
      if (!carts.some((cart) => cart.id === id && cart.isOpen)) throw cartNotOpen(id);
    }
    if (!source?.isGuest) {
      throw new UserError('not-a-guest-cart', `The cart ${sourceCartId} is a customer's.`, {
        hint: 'Merge carts of guests only.',
      });
    }
    const leftOut = await em.execute<{ variant_id: string }[]>(
      `with moved as (
         insert into cart_line as line (cart_id, variant_id, quantity, unit_price_minor, created_at)
         select target.id, source.variant_id, source.quantity, price.amount_minor, source.created_at
         from cart_line source join cart target on target.id = ?
         join lateral (${currentPriceIn('target', 'source.variant_id')}) price on ${isOffered}
         where source.cart_id = ?
         on conflict (cart_id, variant_id) do update
           set quantity = least(line.quantity + excluded.quantity, ?), unit_price_minor = excluded.unit_price_minor
         returning variant_id),
       coupon as (
         insert into cart_coupon (cart_id, coupon_id) select ?, coupon_id from cart_coupon where cart_id = ?
         on conflict do nothing),
       merged as (
         update cart set status = 'merged', merged_into_id = ? where id = ?)
       select variant_id from cart_line
       where cart_id = ? and variant_id not in (select variant_id from moved)
       order by created_at, variant_id`,
      [
        targetCartId,
        sourceCartId,
        maxQuantity,
        targetCartId,
        sourceCartId,
        targetCartId,
        sourceCartId,
        sourceCartId,
      ],
    );
    return { leftOutVariantIds: leftOut.map((line) => line.variant_id) };
  });
}

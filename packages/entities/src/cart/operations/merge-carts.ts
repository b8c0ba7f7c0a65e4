import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { bool, int4, nullable, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { extendedExpiry } from '../cart-expiry.ts';
import { currentPriceIn } from './cart-price.ts';
import { isOffered, maxQuantity } from './for-sale.ts';
import { cartNotOpen } from './lock-open-cart.ts';
import { mayHold } from './personal-lines.ts';

const merge = z
  .strictObject({ sourceCartId: z.uuid(), targetCartId: z.uuid() })
  .refine(
    ({ sourceCartId, targetCartId }) => sourceCartId !== targetCartId,
    'a cart cannot be merged into itself',
  );

/** What {@link mergeCarts} takes: a guest's cart, and the cart of the customer who has logged in. */
export type CartMerge = z.infer<typeof merge>;

/** The result of {@link mergeCarts}. */
export interface MergedCarts {
  /** Variants of the source that are not for sale in the target's list and currency. */
  leftOutVariantIds: string[];
}

const lockCarts = statement({
  params: { sourceCartId: uuid, targetCartId: uuid },
  row: { id: uuid, isOpen: bool, isGuest: bool, mergedIntoId: nullable(uuid) },
  sql: `select id, status = 'open' and expires_at > now() as "isOpen", customer_id is null as "isGuest",
      merged_into_id as "mergedIntoId"
    from cart where id in (:sourceCartId, :targetCartId) order by id for update`,
});

/**
 * Its rows are the variants that are left out. What is personal leaves the source, which nobody's erasure would find.
 */
const moveContents = statement({
  params: { sourceCartId: uuid, targetCartId: uuid, maxQuantity: int4 },
  row: { variantId: uuid },
  sql: `with moved as (
      insert into cart_line as line (cart_id, variant_id, properties, quantity, unit_price_minor, created_at)
      select target.id, source.variant_id, source.properties, source.quantity, price.amount_minor, source.created_at
      from cart_line source join cart target on target.id = :targetCartId
      join lateral (${currentPriceIn('target', 'source.variant_id')}) price on ${isOffered}
      where source.cart_id = :sourceCartId and ${mayHold('source.properties', 'target.customer_id')}
      on conflict (cart_id, id) do update set
        quantity = least(line.quantity + excluded.quantity, :maxQuantity), unit_price_minor = excluded.unit_price_minor
      returning id),
    emptied as (
      delete from cart_line where cart_id = :sourceCartId and properties is not null),
    coupon as (
      insert into cart_coupon (cart_id, coupon_id)
      select :targetCartId, coupon_id from cart_coupon where cart_id = :sourceCartId
      on conflict do nothing),
    extended as (
      update cart set expires_at = ${extendedExpiry}, metadata = coalesce(cart.metadata, source.metadata)
      from cart source where cart.id = :targetCartId and source.id = :sourceCartId),
    merged as (
      update cart set status = 'merged', merged_into_id = :targetCartId, metadata = null where id = :sourceCartId)
    select variant_id as "variantId" from cart_line
    where cart_id = :sourceCartId and id not in (select id from moved)
    group by variant_id order by min(created_at), variant_id`,
});

/**
 * Moves the contents of a guest's cart into another cart: quantities add up, to 9999 at most, and the coupon and the
 * metadata come along where the target has none. The target keeps its price list, and charges its current prices for
 * everything. The source becomes `merged`; merging it again adds nothing. Both carts are locked in the order of their
 * ids, so that merges do not deadlock.
 *
 * @throws UserError `invalid-input`
 * @throws UserError `cart-not-open`: one of the two is not
 * @throws UserError `guest-cart-required`: the source is a customer's
 */
export async function mergeCarts(em: EntityManager, input: CartMerge): Promise<MergedCarts> {
  const { sourceCartId, targetCartId } = parseInput(merge, input);
  return await em.transactional(async (em) => {
    const carts = await lockCarts(em, { sourceCartId, targetCartId });
    const source = carts.find(({ id }) => id === sourceCartId);
    if (source?.mergedIntoId === targetCartId) return { leftOutVariantIds: [] };
    for (const id of [sourceCartId, targetCartId]) {
      if (!carts.some((cart) => cart.id === id && cart.isOpen)) throw cartNotOpen(id);
    }
    if (!source?.isGuest) {
      throw new UserError('guest-cart-required', `The cart ${sourceCartId} is a customer's.`, {
        hint: 'Merge carts of guests only.',
      });
    }
    const leftOut = await moveContents(em, { sourceCartId, targetCartId, maxQuantity });
    return { leftOutVariantIds: leftOut.map((line) => line.variantId) };
  });
}

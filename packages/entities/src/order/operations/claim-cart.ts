import type { EntityManager } from '@mikro-orm/postgresql';
import { hasPromotions } from '../../cart/operations/cart-promotions.ts';
import { isOpenCart, openCartColumns, openCartRow } from '../../cart/operations/lock-open-cart.ts';
import { claimKey, type RequestIdentity, requestKey, requestKeyOf } from '../../runtime/once.ts';
import { bool, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const claimedCartRow = {
  ...openCartRow,
  /** As this statement began, before it waited for the lock of the cart. */
  hadPromotions: bool,
};

type ClaimedCart = RowOf<typeof claimedCartRow>;

// The planner evaluates a condition that has no row to look at before it reads one.
const claimAndLock = statement({
  isPrepared: true,
  params: { ...requestKey, cartId: uuid },
  row: claimedCartRow,
  sql: `with claimed as (${claimKey})
    select ${openCartColumns}, ${hasPromotions} as "hadPromotions"
    from cart
    where ${isOpenCart} and exists (select from claimed)
    for update of cart`,
});

/**
 * Claims the key of a request, then locks its open cart until the transaction ends, in one statement.
 *
 * @returns undefined when the key was claimed before, or when there is no such open cart
 */
export async function claimCart(
  em: EntityManager,
  identity: RequestIdentity,
  cartId: string,
): Promise<ClaimedCart | undefined> {
  const [cart] = await claimAndLock(em, { ...requestKeyOf(identity), cartId });
  return cart;
}

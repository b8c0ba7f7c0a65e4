import type { EntityManager } from '@mikro-orm/postgresql';
import { type OpenCart, openCartById, openCartRow } from '../../cart/operations/lock-open-cart.ts';
import { claimKey, type RequestIdentity, requestKey, requestKeyOf } from '../../runtime/once.ts';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

// The planner evaluates a condition that has no row to look at before it reads one.
const claimAndLock = statement({
  isPrepared: true,
  params: { ...requestKey, cartId: uuid },
  row: openCartRow,
  sql: `with claimed as (${claimKey})
    ${openCartById} and exists (select from claimed)
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
): Promise<OpenCart | undefined> {
  const [cart] = await claimAndLock(em, { ...requestKeyOf(identity), cartId });
  return cart;
}

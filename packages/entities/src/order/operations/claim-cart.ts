import type { EntityManager } from '@mikro-orm/postgresql';
import { type OpenCart, openCartById } from '../../cart/operations/lock-open-cart.ts';
import { executePrepared } from '../../runtime/execute-prepared.ts';
import { claimKey, type RequestIdentity, requestHash } from '../../runtime/once.ts';

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
  // The planner evaluates a condition that has no row to look at before it reads one.
  const [cart] = await executePrepared<OpenCart>(
    em,
    `with claimed as (${claimKey} returning key)
     ${openCartById('$4')} and exists (select from claimed)
     for update of cart`,
    [identity.scope, identity.key, requestHash(identity), cartId],
  );
  return cart;
}

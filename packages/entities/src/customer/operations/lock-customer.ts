import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const lockUnerased = statement({
  params: { customerId: uuid },
  row: {},
  sql: 'select from customer where id = :customerId and erased_at is null for no key update',
});

/**
 * Locks a customer for the rest of the transaction. Whatever changes an account takes this lock first (erasure: after
 * the carts), so that changes of one account follow each other and never deadlock.
 *
 * @throws UserError `customer-not-found`
 */
export async function lockCustomer(em: EntityManager, customerId: string): Promise<void> {
  const locked = await lockUnerased(em, { customerId });
  if (locked.length === 0) throw customerNotFound(customerId);
}

/** There is none, or no longer. */
export function customerNotFound(customerId: string): UserError {
  return new UserError('customer-not-found', `There is no customer ${customerId}, or they were erased.`);
}

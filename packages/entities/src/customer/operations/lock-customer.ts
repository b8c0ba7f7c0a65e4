import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const lockUnerased = statement({
  params: { customerId: uuid },
  sql: 'select from customer where id = :customerId and erased_at is null for no key update',
});

/**
 * Locks a customer for the rest of the transaction. All operations that change an account take this lock first
 * (erasure: after the carts), so that they run one after another and never deadlock.
 *
 * @throws UserError `customer-not-found`: no such customer, or erased
 */
export async function lockCustomer(em: EntityManager, customerId: string): Promise<void> {
  const locked = await lockUnerased(em, { customerId });
  if (locked.length === 0) throw customerNotFound(customerId);
}

export function customerNotFound(customerId: string): UserError {
  return new UserError('customer-not-found', `There is no customer ${customerId}, or they were erased.`);
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';

/** An order whose row this transaction has locked. */
export interface LockedOrder {
  id: string;
  status: string;
  currencyCode: string;
  totalMinor: bigint;
}

/**
 * Locks an order. Every operation after the checkout begins with this lock, then takes those of payments, then those of
 * stock levels by variant and location: so they wait for each other, and never deadlock.
 *
 * @throws UserError `order-not-found`
 */
export async function lockOrder(em: EntityManager, orderId: string): Promise<LockedOrder> {
  const [row] = await em.execute<{ status: string; currencyCode: string; totalMinor: string }[]>(
    `select status, currency_code as "currencyCode", total_minor as "totalMinor" from sales_order
     where id = ? for no key update`,
    [orderId],
  );
  if (row === undefined) throw new UserError('order-not-found', `There is no order ${orderId}.`);
  return { ...row, id: orderId, totalMinor: BigInt(row.totalMinor) };
}

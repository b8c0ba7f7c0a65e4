import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { int8, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

const orderRow = { id: uuid, status: text, currencyCode: text, totalMinor: int8 };

/** An order whose row this transaction has locked. */
export type LockedOrder = RowOf<typeof orderRow>;

const lockOrderRow = statement({
  params: { orderId: uuid },
  row: orderRow,
  sql: `select id, status, currency_code as "currencyCode", total_minor as "totalMinor" from sales_order
    where id = :orderId for no key update`,
});

/**
 * Locks an order. Every operation after the checkout takes this lock first, then the locks of payments, then those of
 * stock levels by variant and location: so they wait for each other, and never deadlock.
 *
 * @throws UserError `order-not-found`
 */
export async function lockOrder(em: EntityManager, orderId: string): Promise<LockedOrder> {
  const [order] = await lockOrderRow(em, { orderId });
  if (order === undefined) throw new UserError('order-not-found', `There is no order ${orderId}.`);
  return order;
}

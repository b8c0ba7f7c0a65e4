import type { EntityManager } from '@mikro-orm/postgresql';
import { isUnneeded } from '../../order/operations/payment-cover.ts';
import { bool, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const compareCover = statement({
  params: { paymentId: uuid },
  row: { isNeeded: bool },
  sql: `select not ${isUnneeded} as "isNeeded" from payment p join sales_order o on o.id = p.order_id
    where p.id = :paymentId`,
});

/** Whether the order of a payment is neither given up nor covered without it. */
export async function isPaymentNeeded(em: EntityManager, paymentId: string): Promise<boolean> {
  const [row] = await compareCover(em, { paymentId });
  return row?.isNeeded ?? false;
}

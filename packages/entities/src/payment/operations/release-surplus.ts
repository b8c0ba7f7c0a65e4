import type { EntityManager } from '@mikro-orm/postgresql';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { int8, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { insertTransaction } from './find-transaction.ts';
import { coverOfOthers, creditedOf } from '../../order/operations/payment-cover.ts';

const selectSurplus = statement({
  params: { orderId: uuid, paymentId: uuid },
  row: { paymentId: uuid, amountMinor: int8 },
  sql: `select p.id as "paymentId", p.authorized_minor as "amountMinor"
    from payment p join sales_order o on o.id = p.order_id
    where o.id = :orderId and o.status <> 'cancelled' and p.status = 'authorized'
      and o.total_minor - ${creditedOf()} <= ${coverOfOthers}
      and not exists (select from payment_transaction t where t.payment_id = p.id
        and (t.kind = 'void' or t.kind = 'capture' and t.status = 'pending'))
    order by p.id = :paymentId desc, p.created_at desc, p.id limit 1`,
});

/**
 * Begins to void each authorization without which the order, which the caller has locked, is covered: the buyer has
 * completed more than one attempt. From then on it cannot be captured; the sweep sends the void. What has just been
 * authorized goes first.
 */
export async function releaseSurplus(
  em: EntityManager,
  { order, paymentId }: { order: LockedOrder; paymentId: string },
): Promise<void> {
  for (;;) {
    const [surplus] = await selectSurplus(em, { orderId: order.id, paymentId });
    if (surplus === undefined) return;
    await insertTransaction(em, {
      ...surplus,
      kind: 'void',
      idempotencyKey: `surplus:${surplus.paymentId}`,
      reason: 'other payments cover the order',
    });
  }
}

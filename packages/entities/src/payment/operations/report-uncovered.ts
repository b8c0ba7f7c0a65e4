import type { EntityManager } from '@mikro-orm/postgresql';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { creditedOf, lastingCover } from '../../order/operations/payment-cover.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { int8Sum, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const sumUncovered = statement({
  params: { orderId: uuid },
  row: { uncoveredMinor: int8Sum },
  sql: `select o.total_minor - ${creditedOf()}
      - coalesce((select sum(${lastingCover()}) from payment p where p.order_id = o.id), 0) as "uncoveredMinor"
    from sales_order o where o.id = :orderId`,
});

/**
 * Tells with an event that an order that is still to be shipped, and that the caller has locked, has lost cover by a void
 * that was not requested here: in the dashboard, or as the authorization ended. Whether to hold its goods back is for the
 * shop to say.
 */
export async function reportUncovered(
  em: EntityManager,
  order: LockedOrder,
  { paymentId, kind }: { paymentId: string; kind: string },
): Promise<void> {
  if (kind !== 'void' || (order.status !== 'confirmed' && order.status !== 'partially_shipped')) return;
  const [sum] = await sumUncovered(em, { orderId: order.id });
  const uncoveredMinor = sum?.uncoveredMinor ?? 0n;
  if (uncoveredMinor <= 0n) return;
  await emitEvent(em, 'order.uncovered', order.id, { paymentId, uncoveredMinor: uncoveredMinor.toString() });
}

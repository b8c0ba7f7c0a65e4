import type { EntityManager } from '@mikro-orm/postgresql';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { int8Sum, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

/** What can take an order above its total: our own captures do not. */
const bringsMoney: readonly string[] = ['capture', 'dispute_reversal', 'refund_reversal'];

const sumTaken = statement({
  params: { orderId: uuid },
  row: { takenMinor: int8Sum },
  sql: `select coalesce(sum(greatest(captured_minor - refunded_minor - disputed_minor, 0)), 0) as "takenMinor"
    from payment where order_id = :orderId`,
});

/**
 * Tells with an event that the payments of an order, which the caller has locked, have taken more than its total: a
 * dispute was won after the buyer had paid again, or the provider captured more. Which payment is refunded is for the
 * shop to say.
 */
export async function reportOverpayment(
  em: EntityManager,
  order: LockedOrder,
  { paymentId, kind }: { paymentId: string; kind: string },
): Promise<void> {
  if (!bringsMoney.includes(kind)) return;
  const [sum] = await sumTaken(em, { orderId: order.id });
  const overpaidMinor = (sum?.takenMinor ?? 0n) - order.totalMinor;
  if (overpaidMinor <= 0n) return;
  await emitEvent(em, 'order.overpaid', order.id, { paymentId, overpaidMinor: overpaidMinor.toString() });
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { endHolds, lockHolds } from './holds.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { int8, text, textOf, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { parseInput } from '../../parse-input.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { readCreditedMinor } from '../../order/operations/payment-cover.ts';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';

const cancellation = z.strictObject({ orderId: z.uuid(), reason });

/** A payment of a cancelled order that still holds money: void it where `voidableMinor`, else refund it. */
export interface PaymentToReturn {
  paymentId: string;
  provider: string;
  voidableMinor: bigint;
  refundableMinor: bigint;
}

/** An order that was cancelled, now or earlier. `cancelledMinor` is its total less what was credited of it. */
export interface CancelledOrder {
  orderId: string;
  status: 'cancelled';
  cancelledMinor: bigint;
  payments: PaymentToReturn[];
}

/**
 * Cancels an order of which nothing was shipped, and releases its stock. It returns no money, since a provider is never
 * called in a transaction: void or refund each of `payments`, as {@link returnMoney} does. Cancelling again changes
 * nothing, and returns the payments that still hold money.
 *
 * @throws UserError `invalid-input`, `order-not-found`
 * @throws IllegalTransition `illegal-transition`: something of it was shipped
 */
export async function cancelOrder(
  em: EntityManager,
  request: z.input<typeof cancellation>,
): Promise<CancelledOrder> {
  const { orderId, reason = 'cancelled' } = parseInput(cancellation, request);
  return await em.transactional(async (em) => {
    const order = await lockOrder(em, orderId);
    if (order.status !== 'cancelled') {
      if (order.status !== 'pending' && order.status !== 'confirmed') {
        throw new IllegalTransition('sales_order', orderId, { from: order.status, to: 'cancelled' });
      }
      await cancelLockedOrders(em, [orderId], { holds: 'released', reason });
      await recordAudit(em, { action: 'order.cancel', entity: 'sales_order', entityId: orderId, reason });
    }
    const cancelledMinor = order.totalMinor - (await readCreditedMinor(em, orderId));
    return {
      orderId,
      status: 'cancelled',
      cancelledMinor,
      payments: await readPaymentsToReturn(em, orderId),
    };
  });
}

const cancelOrders = statement({
  params: { orderIds: uuidArray },
  row: {},
  sql: `with lines as (
      update order_line set cancelled_quantity = quantity - shipped_quantity where order_id = any (:orderIds))
    update sales_order set status = 'cancelled' where id = any (:orderIds)`,
});

const selectHoldingPayments = statement({
  params: { orderId: uuid },
  row: { paymentId: uuid, provider: text, status: textOf<'authorized' | 'captured'>(), heldMinor: int8 },
  sql: `select id as "paymentId", provider, status,
      case status when 'authorized' then authorized_minor
        else greatest(captured_minor - refunded_minor - disputed_minor, 0) end as "heldMinor"
    from payment where order_id = :orderId and status in ('authorized', 'captured') order by id`,
});

/** Cancels orders that the caller has locked and of which nothing was shipped, and ends their holds. */
export async function cancelLockedOrders(
  em: EntityManager,
  orderIds: readonly string[],
  { holds, reason }: { holds: 'released' | 'expired'; reason: string },
): Promise<void> {
  const held = await lockHolds(em, { orderIds });
  await endHolds(
    em,
    held.map((hold) => ({ ...hold, units: hold.quantity })),
    holds,
  );
  await cancelOrders(em, { orderIds });
  for (const orderId of orderIds) await emitEvent(em, 'order.cancelled', orderId, { reason });
}

/** The payments of an order that hold money. */
export async function readPaymentsToReturn(em: EntityManager, orderId: string): Promise<PaymentToReturn[]> {
  const payments = await selectHoldingPayments(em, { orderId });
  return payments
    .filter(({ heldMinor }) => heldMinor !== 0n)
    .map(({ paymentId, provider, status, heldMinor }) => ({
      paymentId,
      provider,
      voidableMinor: status === 'authorized' ? heldMinor : 0n,
      refundableMinor: status === 'captured' ? heldMinor : 0n,
    }));
}

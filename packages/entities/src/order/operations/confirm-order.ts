import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { emitEvent } from '../../runtime/emit-event.ts';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { type LockedOrder, lockOrder } from './lock-order.ts';
import { lastingCover } from './payment-cover.ts';

const confirmation = z.strictObject({ orderId: z.uuid() });

/**
 * Confirms a pending order that needs no further payment, such as one with a total of 0. An order that a payment covers
 * is confirmed by that payment. Confirming again changes nothing.
 *
 * @throws UserError `invalid-input`, `order-not-found`
 * @throws UserError `order-not-covered`: its payments do not cover its total
 * @throws IllegalTransition `illegal-transition`: it was cancelled
 */
export async function confirmOrder(
  em: EntityManager,
  request: z.input<typeof confirmation>,
): Promise<{ orderId: string; status: string }> {
  const { orderId } = parseInput(confirmation, request);
  return await em.transactional(async (em) => {
    const order = await lockOrder(em, orderId);
    const status = await confirmIfCovered(em, order);
    if (status === 'cancelled')
      throw new IllegalTransition('sales_order', orderId, { from: status, to: 'confirmed' });
    if (status === 'pending') {
      throw new UserError('order-not-covered', `The payments of order ${orderId} do not cover its total.`, {
        hint: 'Authorize a payment for what is left.',
      });
    }
    return { orderId, status };
  });
}

// The database has the same rule, over the transactions.
const confirmCovered = statement({
  params: { orderId: uuid },
  row: { id: uuid },
  sql: `update sales_order set status = 'confirmed' where id = :orderId and total_minor <= (
      select coalesce(sum(${lastingCover()}), 0) from payment p where p.order_id = sales_order.id)
    returning id`,
});

const keepHolds = statement({
  params: { orderId: uuid },
  row: {},
  sql: `update stock_reservation set expires_at = null where status = 'held'
    and order_line_id in (select id from order_line where order_id = :orderId)`,
});

/**
 * Confirms the order, which the caller has locked, where it is pending and authorized payments cover its total: from
 * then on its holds do not expire.
 *
 * @returns its status
 */
export async function confirmIfCovered(em: EntityManager, order: LockedOrder): Promise<string> {
  if (order.status !== 'pending') return order.status;
  const confirmed = await confirmCovered(em, { orderId: order.id });
  if (confirmed.length === 0) return order.status;
  await keepHolds(em, { orderId: order.id });
  await emitEvent(em, 'order.confirmed', order.id, {});
  return 'confirmed';
}

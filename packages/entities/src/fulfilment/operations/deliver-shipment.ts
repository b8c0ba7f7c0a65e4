import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { emitEvent } from '../../runtime/emit-event.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';

const delivery = z.strictObject({ shipmentId: z.uuid() });

/**
 * Records that a shipment has arrived. Its order is completed with the last one. Delivering again changes nothing.
 *
 * @throws IllegalTransition, UserError `bad-input`, `shipment-not-found`
 */
export async function deliverShipment(
  em: EntityManager,
  request: z.input<typeof delivery>,
): Promise<{ shipmentId: string; orderId: string; orderStatus: string }> {
  const { shipmentId } = parseInput(delivery, request);
  return await em.transactional(async (em) => {
    const [known] = await em.execute<{ orderId: string }[]>(
      'select order_id as "orderId" from shipment where id = ?',
      [shipmentId],
    );
    if (known === undefined) throw new UserError('shipment-not-found', `There is no shipment ${shipmentId}.`);
    const order = await lockOrder(em, known.orderId);
    const [shipment] = await em.execute<{ status: string }[]>(
      'select status from shipment where id = ? for no key update',
      [shipmentId],
    );
    const from = shipment?.status ?? 'gone';
    if (from === 'delivered') return { shipmentId, orderId: order.id, orderStatus: order.status };
    if (from !== 'shipped') throw new IllegalTransition('shipment', shipmentId, { from, to: 'delivered' });
    // Not before it left: the clock of one transaction may be behind that of another.
    await em.execute(
      `update shipment set status = 'delivered', delivered_at = greatest(now(), shipped_at) where id = ?`,
      [shipmentId],
    );
    await emitEvent(em, 'shipment.delivered', order.id, { shipmentId });
    return { shipmentId, orderId: order.id, orderStatus: await advanceOrder(em, order) };
  });
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { emitEvent } from '../../runtime/emit-event.ts';
import { text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';

const delivery = z.strictObject({ shipmentId: z.uuid() });

const selectOrderOfShipment = statement({
  params: { shipmentId: uuid },
  row: { orderId: uuid },
  sql: 'select order_id as "orderId" from shipment where id = :shipmentId',
});

const lockShipment = statement({
  params: { shipmentId: uuid },
  row: { status: text },
  sql: 'select status from shipment where id = :shipmentId for no key update',
});

// Not before it left: the clock of one transaction may be behind that of another.
const markDelivered = statement({
  params: { shipmentId: uuid },
  row: {},
  sql: `update shipment set status = 'delivered', delivered_at = greatest(now(), shipped_at)
    where id = :shipmentId`,
});

/**
 * Records that a shipment has arrived. The last one completes the order. Delivering again changes nothing.
 *
 * @throws UserError `invalid-input`, `shipment-not-found`
 * @throws IllegalTransition `illegal-transition`: it was not shipped, or has come back
 */
export async function deliverShipment(
  em: EntityManager,
  request: z.input<typeof delivery>,
): Promise<{ shipmentId: string; orderId: string; orderStatus: string }> {
  const { shipmentId } = parseInput(delivery, request);
  return await em.transactional(async (em) => {
    const [known] = await selectOrderOfShipment(em, { shipmentId });
    if (known === undefined) throw new UserError('shipment-not-found', `There is no shipment ${shipmentId}.`);
    const order = await lockOrder(em, known.orderId);
    const [shipment] = await lockShipment(em, { shipmentId });
    const from = shipment?.status ?? 'gone';
    if (from === 'delivered') return { shipmentId, orderId: order.id, orderStatus: order.status };
    if (from !== 'shipped') throw new IllegalTransition('shipment', shipmentId, { from, to: 'delivered' });
    await markDelivered(em, { shipmentId });
    await emitEvent(em, 'shipment.delivered', order.id, { shipmentId });
    return { shipmentId, orderId: order.id, orderStatus: await advanceOrder(em, order) };
  });
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { endHolds, lockHolds } from './holds.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { jsonb, nullable, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key, name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { OutOfStock } from '../../inventory/operations/out-of-stock.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { advanceOrder } from './advance-order.ts';
import { allocateShipment } from './allocate-shipment.ts';
import { countShipped, lineQuantities, readLines, refuseExcess } from './line-quantities.ts';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';
import { NothingToShip } from './fulfilment-errors.ts';

const shipping = z.strictObject({
  idempotencyKey: key,
  orderId: z.uuid(),
  lines: lineQuantities.optional(),
  locationId: z.uuid().optional(),
  carrier: name.optional(),
  trackingNumber: name.optional(),
});

/**
 * What {@link shipOrder} takes: `lines` (default all that is on hand), from `locationId` (default wherever they are held).
 */
export type ShippingRequest = z.input<typeof shipping>;

/** What was shipped: one shipment for each location that goods left. */
export interface ShippedOrder {
  orderId: string;
  orderStatus: string;
  shipments: { shipmentId: string; locationId: string; lines: { lineId: string; quantity: number }[] }[];
}

/**
 * Ships a confirmed order, or a part of it: consumes its holds, and takes the goods out of the stock, each with a row of
 * the stock ledger. What is on back order can be shipped once it is received. One key ships once.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `idempotency-conflict`
 * @throws UserError `order-not-open`: it is pending or cancelled
 * @throws UserError `order-not-covered`: payments do not cover what an edit has added
 * @throws NothingToShip `nothing-to-ship`: all was shipped or cancelled, or nothing is on hand
 * @throws QuantityExceeded `quantity-exceeded`: more of `lines` than is left to ship
 * @throws OutOfStock `out-of-stock`: some of `lines` is not on hand
 */
export async function shipOrder(em: EntityManager, request: ShippingRequest): Promise<ShippedOrder> {
  const input = parseInput(shipping, request);
  const shipped = em.transactional((em) =>
    once(em, { scope: 'ship-order', key: input.idempotencyKey, request: input }, async () => {
      const order = await lockOrder(em, input.orderId);
      if (order.status === 'pending' || order.status === 'cancelled') {
        throw new UserError('order-not-open', `Order ${order.id} is ${order.status}: it can't be shipped.`, {
          hint: 'Only a confirmed order is shipped.',
        });
      }
      const shipments = await ship(em, order, input);
      await emitEvent(em, 'order.dispatched', order.id, { shipments });
      return { orderId: order.id, orderStatus: await advanceOrder(em, order), shipments };
    }),
  );
  return await shipped.catch((error: unknown) => {
    if (violatedConstraint(error) !== 'sales_order_edit_covered') throw error;
    throw new UserError(
      'order-not-covered',
      `The payments of order ${input.orderId} do not cover what was added to it.`,
      {
        hint: 'Authorize a payment for what is left, or take it back with editOrder; once something was shipped, with cancelLines and refundOrder.',
        cause: error,
      },
    );
  });
}

const insertShipments = statement({
  params: { orderId: uuid, carrier: nullable(text), trackingNumber: nullable(text), shipments: jsonb() },
  row: {},
  sql: `insert into shipment (id, order_id, location_id, carrier, tracking_number)
    select r."shipmentId", :orderId, r."locationId", :carrier, :trackingNumber
    from jsonb_to_recordset(:shipments) as r ("shipmentId" uuid, "locationId" uuid)`,
});

const markShipped = statement({
  params: { shipmentIds: uuidArray },
  row: {},
  sql: `update shipment set status = 'shipped', shipped_at = now() where id = any (:shipmentIds)`,
});

async function ship(
  em: EntityManager,
  order: LockedOrder,
  input: z.output<typeof shipping>,
): Promise<ShippedOrder['shipments']> {
  const open = (await readLines(em, { orderId: order.id }))
    .map((line) => ({ lineId: line.lineId, quantity: line.quantity - line.shipped - line.cancelled }))
    .filter((line) => line.quantity > 0);
  if (open.length === 0) throw new NothingToShip(order.id);
  if (input.lines) {
    refuseExcess('ship', input.lines, new Map(open.map((line) => [line.lineId, line.quantity])));
  }
  const holds = (await lockHolds(em, { orderIds: [order.id] })).filter(
    (hold) => input.locationId === undefined || hold.locationId === input.locationId,
  );
  const { ends, shortages } = allocateShipment(input.lines ?? open, holds);
  if (input.lines && shortages.length > 0) throw new OutOfStock(shortages);
  if (ends.length === 0) throw new NothingToShip(order.id);

  const shipments = [...Map.groupBy(ends, (end) => end.locationId)].map(([locationId, own]) => ({
    shipmentId: uuidV7(),
    locationId,
    lines: own.map(({ lineId, units }) => ({ lineId, quantity: units })),
  }));
  const shipmentOf = new Map(shipments.map((shipment) => [shipment.locationId, shipment.shipmentId]));
  const { carrier, trackingNumber } = input;
  await insertShipments(em, { orderId: order.id, carrier, trackingNumber, shipments });
  const consumed = ends.map((end) => ({ ...end, shipmentId: shipmentOf.get(end.locationId) }));
  await endHolds(em, consumed, 'consumed');
  const lines = [...Map.groupBy(ends, (end) => end.lineId)].map(([lineId, own]) => ({
    lineId,
    quantity: own.reduce((sum, end) => sum + end.units, 0),
  }));
  await countShipped(em, { lines });
  await markShipped(em, { shipmentIds: shipments.map((shipment) => shipment.shipmentId) });
  return shipments;
}

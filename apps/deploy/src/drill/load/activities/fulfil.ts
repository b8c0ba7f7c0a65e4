import {
  cancelLines,
  cancelOrder,
  capturePayment,
  deliverShipment,
  getOrder,
  moveHold,
  type OrderDetail,
  shipOrder,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';

/** Ships all, or some units of a line; then the money for the goods is taken. */
export async function ship(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const order = await anyOrder(client);
  if (order === undefined) return;
  const lines = random.chance(40) ? someUnits(client, order) : undefined;
  const shipped = await client.keyed(shipOrder, {
    orderId: order.id,
    ...(lines === undefined ? {} : { lines }),
  });
  for (const { shipmentId } of shipped?.shipments ?? []) {
    tally.acknowledge('shipment', shipmentId);
    market.shipments.add({ orderId: order.id, shipmentId });
    const paymentId = random.pick(order.payments)?.paymentId;
    if (paymentId === undefined || random.chance(30)) continue;
    await client.keyed(market.at(capturePayment), { paymentId, shipmentId }, (state) => state.paymentId);
  }
}

export async function deliver(client: Client): Promise<void> {
  const shipment = client.market.shipments.pick(client.random);
  if (shipment !== undefined) await client.run(deliverShipment, { shipmentId: shipment.shipmentId });
}

export async function cancel(client: Client): Promise<void> {
  const orderId = client.market.orderIds.pick(client.random);
  if (orderId !== undefined)
    await client.run(cancelOrder, { orderId, reason: 'no longer wanted' }, { idempotent: true });
}

export async function cancelSome(client: Client): Promise<void> {
  const order = await anyOrder(client);
  const lines = order === undefined ? undefined : someUnits(client, order);
  if (order !== undefined && lines !== undefined)
    await client.keyed(cancelLines, { orderId: order.id, lines });
}

export async function move(client: Client): Promise<void> {
  const { market, random } = client;
  const orderId = market.orderIds.pick(random);
  const toLocationId = random.pick(market.locationIds);
  if (orderId !== undefined && toLocationId !== undefined)
    await client.keyed(moveHold, { orderId, toLocationId });
}

/** An order of late, as it is read. */
export async function anyOrder(
  client: Client,
  orderId = client.market.orderIds.pick(client.random),
): Promise<OrderDetail | undefined> {
  return orderId === undefined ? undefined : await client.read(getOrder, { orderId });
}

/** Some units of a line of an order, whatever became of them. */
export function someUnits(
  { random }: Client,
  order: OrderDetail,
): { lineId: string; quantity: number }[] | undefined {
  const line = random.pick(order.lines);
  return line === undefined ? undefined : [{ lineId: line.lineId, quantity: random.upTo(line.quantity) }];
}

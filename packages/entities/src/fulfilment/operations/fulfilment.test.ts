import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  locationId,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedQuantities,
  stockedVariant,
  stockOf,
} from '../../../test/placed-order.ts';
import {
  cancelLines,
  cancelOrder,
  deliverShipment,
  receiveStock,
  returnLines,
  shipOrder,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();

const paid = (quantities: Record<string, number>) => placePaidOrder(shop(), provider, quantities);

const stock = (variantId: string) => stockOf(shop(), variantId);

const historyOf = async (orderId: string) =>
  (
    await shop().rows<{ to_status: string }>(
      `select to_status from order_status_history where order_id = '${orderId}' order by id`,
    )
  ).map((row) => row.to_status);

describe('shipOrder', () => {
  test('ships parts from several locations, then the rest, and takes each out of the stock', async () => {
    const variantId = await stockedVariant(shop(), 4, 3);
    const { orderId, lineId } = await paid({ [variantId]: 6 });
    expect(await stock(variantId)).toEqual([
      { on_hand: 4, reserved: 4 },
      { on_hand: 3, reserved: 2 },
    ]);
    const first = await shipOrder(em(), { ...key(), orderId, lines: [{ lineId, quantity: 1 }] });
    expect(first).toMatchObject({
      orderStatus: 'partially_shipped',
      shipments: [{ lines: [{ lineId, quantity: 1 }] }],
    });
    expect(await stock(variantId)).toEqual([
      { on_hand: 3, reserved: 3 },
      { on_hand: 3, reserved: 2 },
    ]);
    const rest = await shipOrder(em(), { ...key(), orderId, carrier: 'post', trackingNumber: 'T1' });
    expect(rest.orderStatus).toBe('shipped');
    expect(rest.shipments.map((shipment) => shipment.lines)).toEqual(
      expect.arrayContaining([[{ lineId, quantity: 3 }], [{ lineId, quantity: 2 }]]),
    );
    expect(await stock(variantId)).toEqual([
      { on_hand: 0, reserved: 0 },
      { on_hand: 1, reserved: 0 },
    ]);
    expect(
      await shop()
        .rows(`select status, tracking_number, count(*)::int from shipment where order_id = '${orderId}'
        group by status, tracking_number order by count`),
    ).toEqual([
      { status: 'shipped', tracking_number: null, count: 1 },
      { status: 'shipped', tracking_number: 'T1', count: 2 },
    ]);
    expect(await historyOf(orderId)).toEqual(['pending', 'confirmed', 'partially_shipped', 'shipped']);
    expect(await outcomes([shipOrder(em(), { ...key(), orderId })])).toEqual(['nothing-to-ship']);
  });

  test('ships only from the given location', async () => {
    const variantId = await stockedVariant(shop(), 4, 3);
    const { orderId } = await paid({ [variantId]: 6 });
    const from = await locationId(shop(), 1);
    const shipped = await shipOrder(em(), { ...key(), orderId, locationId: from });
    expect(shipped).toMatchObject({
      orderStatus: 'partially_shipped',
      shipments: [{ locationId: from, lines: [{ quantity: 2 }] }],
    });
    expect(await outcomes([shipOrder(em(), { ...key(), orderId, locationId: from })])).toEqual([
      'nothing-to-ship',
    ]);
  });

  test('takes the same few statements for 1 line and for 20', async () => {
    const counts: number[] = [];
    for (const variants of [1, 20]) {
      const { orderId } = await paid(await stockedQuantities(shop(), { variants, units: 2 }));
      counts.push(await shop().countStatements(() => shipOrder(em(), { ...key(), orderId })));
    }
    expect(counts).toEqual([15, 15]);
  });

  test('refuses more than is open, what is not confirmed, and bad input', async () => {
    const variantId = await stockedVariant(shop(), 20);
    const { orderId, lineId } = await paid({ [variantId]: 2 });
    const stranger = randomUUID();
    const lines = [
      { lineId, quantity: 3 },
      { lineId: stranger, quantity: 1 },
    ];
    await expect(shipOrder(em(), { ...key(), orderId, lines })).rejects.toMatchObject({
      code: 'quantity-exceeded',
      lines: [
        { lineId, requested: 3, available: 2 },
        { lineId: stranger, requested: 1, available: 0 },
      ],
    });
    const unpaid = await placeOrder(shop(), { [variantId]: 1 });
    const twice = [lines[0], lines[0]].filter((line) => line !== undefined);
    expect(
      await outcomes([
        shipOrder(em(), { ...key(), orderId: unpaid.orderId }),
        shipOrder(em(), { ...key(), orderId, lines: twice }),
        shipOrder(em(), { ...key(), orderId: randomUUID() }),
      ]),
    ).toEqual(['invalid-input', 'order-not-found', 'order-not-open']);
  });

  test('of one key ships once, however often it is sent', async () => {
    const variantId = await stockedVariant(shop(), 5);
    const { orderId, lineId } = await paid({ [variantId]: 3 });
    const same = { ...key(), orderId, lines: [{ lineId, quantity: 1 }] };
    const results = await Promise.all(Array.from({ length: 15 }, () => shipOrder(em(), same)));
    expect(results[14]).toEqual(results[0]);
    expect(await stock(variantId)).toEqual([{ on_hand: 4, reserved: 2 }]);
  });
});

test('back orders are taken up to the limit, and shipped once they are received', async () => {
  const variantId = await stockedVariant(shop(), 2);
  await shop().rows(`update stock_level set backorder_limit = 3 where variant_id = '${variantId}'`);
  const { orderId, lineId } = await paid({ [variantId]: 5 });
  expect(await outcomes([placeOrder(shop(), { [variantId]: 1 })])).toEqual(['out-of-stock']);
  await expect(
    shipOrder(em(), { ...key(), orderId, lines: [{ lineId, quantity: 3 }] }),
  ).rejects.toMatchObject({ code: 'out-of-stock', lines: [{ variantId, requested: 3, available: 2 }] });
  const there = await shipOrder(em(), { ...key(), orderId });
  expect(there).toMatchObject({
    orderStatus: 'partially_shipped',
    shipments: [{ lines: [{ quantity: 2 }] }],
  });
  expect(await outcomes([shipOrder(em(), { ...key(), orderId })])).toEqual(['nothing-to-ship']);
  const receipt = { ...key(), locationId: await locationId(shop()), lines: [{ variantId, quantity: 4 }] };
  const { levels } = await receiveStock(em(), receipt);
  expect(levels).toEqual([{ variantId, onHand: 4, reserved: 3, backordered: 0 }]);
  expect(await shipOrder(em(), { ...key(), orderId })).toMatchObject({ orderStatus: 'shipped' });
  expect(await stock(variantId)).toEqual([{ on_hand: 1, reserved: 0 }]);
});

describe('delivery and returns', () => {
  test('an order is completed with its last shipment, and returned with its last unit', async () => {
    const variantId = await stockedVariant(shop(), 4);
    const { orderId, lineId } = await paid({ [variantId]: 3 });
    const units = (quantity: number) => [{ lineId, quantity }];
    const first = await shipOrder(em(), { ...key(), orderId, lines: units(1) });
    const second = await shipOrder(em(), { ...key(), orderId });
    const deliver = (shipped: typeof first) =>
      deliverShipment(em(), { shipmentId: shipped.shipments[0]?.shipmentId ?? '' });
    expect(await deliver(first)).toMatchObject({ orderStatus: 'shipped' });
    expect(await deliver(first)).toMatchObject({ orderStatus: 'shipped' });
    expect(await deliver(second)).toMatchObject({ orderStatus: 'completed' });

    const same = { ...key(), orderId, lines: units(1), restock: true };
    const states = await Promise.all(Array.from({ length: 8 }, () => returnLines(em(), same)));
    expect(states[7]).toEqual({
      orderId,
      orderStatus: 'completed',
      returnedMinor: 1000n,
      returnedTaxMinor: 0n,
    });
    expect(await stock(variantId)).toEqual([{ on_hand: 2, reserved: 0 }]);
    await returnLines(em(), { ...key(), orderId, lines: units(1), restock: false });
    expect(await stock(variantId)).toEqual([{ on_hand: 2, reserved: 0 }]);
    const tooMany = returnLines(em(), { ...key(), orderId, lines: units(2), restock: true });
    await expect(tooMany).rejects.toMatchObject({ code: 'quantity-exceeded', lines: [{ available: 1 }] });
    const last = await returnLines(em(), { ...key(), orderId, lines: units(1), restock: true });
    expect(last.orderStatus).toBe('returned');
    expect(await historyOf(orderId)).toEqual([
      'pending',
      'confirmed',
      'partially_shipped',
      'shipped',
      'completed',
      'returned',
    ]);
    expect(await shop().rows(`select distinct status from shipment where order_id = '${orderId}'`)).toEqual([
      { status: 'returned' },
    ]);
    expect(await outcomes([deliver(first)])).toEqual(['illegal-transition']);
    expect(await outcomes([deliverShipment(em(), { shipmentId: randomUUID() })])).toEqual([
      'shipment-not-found',
    ]);
  });

  test('an order whose rest is cancelled after a delivery is completed', async () => {
    const variantId = await stockedVariant(shop(), 4);
    const { orderId, lineId } = await paid({ [variantId]: 3 });
    const lines = [{ lineId, quantity: 1 }];
    const { shipments } = await shipOrder(em(), { ...key(), orderId, lines });
    const shipmentId = shipments[0]?.shipmentId ?? '';
    expect(await deliverShipment(em(), { shipmentId })).toMatchObject({ orderStatus: 'partially_shipped' });
    const rest = [{ lineId, quantity: 2 }];
    expect(await cancelLines(em(), { ...key(), orderId, lines: rest })).toMatchObject({
      orderStatus: 'completed',
    });
    expect((await historyOf(orderId)).slice(-3)).toEqual(['partially_shipped', 'shipped', 'completed']);
  });

  test('parallel returns never bring back more than was shipped', async () => {
    const variantId = await stockedVariant(shop(), 5);
    const { orderId, lineId } = await paid({ [variantId]: 5 });
    await shipOrder(em(), { ...key(), orderId });
    const lines = [{ lineId, quantity: 2 }];
    const codes = await outcomes(
      Array.from({ length: 6 }, () => returnLines(em(), { ...key(), orderId, lines, restock: true })),
    );
    expect(codes.filter((code) => code === 'done')).toHaveLength(2);
    expect(await stock(variantId)).toEqual([{ on_hand: 4, reserved: 0 }]);
  });
});

describe('cancelling', () => {
  test('an order releases its stock, once', async () => {
    const variantId = await stockedVariant(shop(), 4);
    const { orderId } = await placeOrder(shop(), { [variantId]: 3 });
    const results = await Promise.all(Array.from({ length: 6 }, () => cancelOrder(em(), { orderId })));
    expect(results[0]).toEqual({ orderId, status: 'cancelled', cancelledMinor: 3000n, payments: [] });
    expect(await stock(variantId)).toEqual([{ on_hand: 4, reserved: 0 }]);
    expect(await historyOf(orderId)).toEqual(['pending', 'cancelled']);
    const topics = await shop().rows(
      `select topic, payload from outbox_event where aggregate_id = '${orderId}' order by id desc limit 1`,
    );
    expect(topics).toEqual([{ topic: 'order.cancelled', payload: { reason: 'cancelled' } }]);
  });

  test('lines leaves the rest to be shipped; the last of them cancels the order', async () => {
    const variantId = await stockedVariant(shop(), 10);
    const { orderId, lineId } = await paid({ [variantId]: 5 });
    const cancel = (quantity: number) => ({ ...key(), orderId, lines: [{ lineId, quantity }] });
    const same = cancel(2);
    const results = await Promise.all(Array.from({ length: 8 }, () => cancelLines(em(), same)));
    expect(results[7]).toEqual({
      orderId,
      orderStatus: 'confirmed',
      cancelledMinor: 2000n,
      cancelledTaxMinor: 0n,
    });
    expect(await stock(variantId)).toEqual([{ on_hand: 10, reserved: 3 }]);
    await shipOrder(em(), { ...key(), orderId, lines: [{ lineId, quantity: 2 }] });
    expect(await outcomes([cancelOrder(em(), { orderId })])).toEqual(['illegal-transition']);
    expect(await outcomes([cancelLines(em(), cancel(2))])).toEqual(['quantity-exceeded']);
    expect(await cancelLines(em(), cancel(1))).toMatchObject({ orderStatus: 'shipped' });
    expect(await outcomes([cancelLines(em(), cancel(1))])).toEqual(['order-not-open']);

    const other = await paid({ [variantId]: 2 });
    const all = {
      ...key(),
      orderId: other.orderId,
      lines: [{ lineId: other.lineId, quantity: 2 }],
    };
    expect(await cancelLines(em(), all)).toMatchObject({ orderStatus: 'cancelled' });
    const unpaid = await placeOrder(shop(), { [variantId]: 2 });
    const early = { ...all, ...key(), orderId: unpaid.orderId };
    expect(await outcomes([cancelLines(em(), early)])).toEqual(['order-not-open']);
    expect(await stock(variantId)).toEqual([{ on_hand: 8, reserved: 2 }]);
  });
});

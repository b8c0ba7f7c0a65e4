import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  locationId,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  stockOf,
} from '../../../test/placed-order.ts';
import {
  actingAs,
  adjustStock,
  cancelOrder,
  moveHold,
  setBackorderLimit,
  shipOrder,
  transferStock,
  updateLocation,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();
const at = (index: number) => locationId(shop(), index);
const code = async (operation: Promise<unknown>) => (await outcomes([operation]))[0];
const holdsOf = async (orderId: string) =>
  await shop().rows<{ id: string; location_id: string; quantity: number }>(
    `select r.id, r.location_id, r.quantity from stock_reservation r join order_line l on l.id = order_line_id
     where l.order_id = '${orderId}' and status = 'held' order by r.id`,
  );
/** Sold from location 0, which has more. */
const stocked = async (here = 10, there = 5) => await stockedVariant(shop(), here, there);

test('the holds of an order are moved once a key, and shipped from there; the audit log has it', async () => {
  const [coat, hat] = [await stocked(), await stocked()];
  const { orderId } = await placePaidOrder(shop(), provider, { [coat]: 3, [hat]: 5 });
  const request = { ...key(), orderId, toLocationId: (await at(1)).toUpperCase(), reason: 'closer' };
  const move = actingAs('warehouse:3', moveHold);
  const results = await Promise.all(Array.from({ length: 8 }, () => move(em(), request)));
  expect(new Set(results.map(({ moved }) => moved.length))).toEqual(new Set([2]));
  for (const { variantId, quantity } of [
    { variantId: coat, quantity: 3 },
    { variantId: hat, quantity: 5 },
  ]) {
    expect(await stockOf(shop(), variantId)).toEqual([
      { on_hand: 10, reserved: 0 },
      { on_hand: 5, reserved: quantity },
    ]);
  }
  expect(
    await shop().rows(
      `select actor, detail ->> 'reason' as reason from audit_log where action = 'order.move_holds' and entity_id = '${orderId}'`,
    ),
  ).toEqual([{ actor: 'warehouse:3', reason: 'closer' }]);
  const { shipments } = await shipOrder(em(), { ...key(), orderId });
  expect(shipments.map((shipment) => shipment.locationId)).toEqual([await at(1)]);
});

test('one hold is moved alone; what is there already stays', async () => {
  const [coat, hat] = [await stocked(), await stocked()];
  const { orderId } = await placeOrder(shop(), { [coat]: 1, [hat]: 2 });
  const [first, second] = await holdsOf(orderId);
  const [here, there] = [await at(0), await at(1)];
  const move = { orderId, holdId: first?.id ?? '', toLocationId: there };
  expect((await moveHold(em(), { ...key(), ...move })).moved).toEqual([
    { holdId: first?.id, fromLocationId: here, quantity: first?.quantity },
  ]);
  expect((await moveHold(em(), { ...key(), ...move })).moved).toEqual([]);
  expect((await moveHold(em(), { ...key(), orderId, toLocationId: there })).moved).toMatchObject([
    { holdId: second?.id },
  ]);
});

test('goods that are not free there, and holds that are none, are refused, and nothing was moved', async () => {
  const [coat, hat] = [await stocked(10, 5), await stocked(10, 1)];
  const { orderId } = await placeOrder(shop(), { [coat]: 2, [hat]: 2 });
  const before = await holdsOf(orderId);
  const toLocationId = await at(1);
  const move = async (more: object = {}) =>
    await code(moveHold(em(), { ...key(), orderId, toLocationId, ...more }));
  await expect(moveHold(em(), { ...key(), orderId, toLocationId })).rejects.toMatchObject({
    code: 'out-of-stock',
    lines: [{ variantId: hat, requested: 2, available: 1 }],
  });
  expect(await move({ toLocationId: randomUUID() })).toBe('location-not-found');
  expect(await move({ orderId: randomUUID() })).toBe('order-not-found');
  expect(await move({ holdId: randomUUID() })).toBe('hold-not-found');
  expect(await holdsOf(orderId)).toEqual(before);
  await setBackorderLimit(em(), { variantId: hat, locationId: toLocationId, backorderLimit: 1 });
  expect(await move()).toBe('done');
  await cancelOrder(em(), { orderId });
  expect(await move()).toBe('hold-not-found');
  const third = await stockedVariant(shop(), 3);
  const other = await placeOrder(shop(), { [third]: 1 });
  // It has no level there.
  expect(await move({ orderId: other.orderId })).toBe('out-of-stock');
});

test('nothing is moved to a location that is deactivated at the same time', async () => {
  const variantId = await stockedVariant(shop(), 5, 0, 5);
  const { orderId } = await placeOrder(shop(), { [variantId]: 5 });
  const toLocationId = await at(2);
  const held = await holdsOf(orderId);
  const target = held[0]?.location_id === toLocationId ? await at(0) : toLocationId;
  for (let round = 0; round < 10; round++) {
    await updateLocation(em(), { locationId: target, active: true });
    const [moved, deactivated] = await Promise.all([
      code(moveHold(em(), { ...key(), orderId, toLocationId: target })),
      code(updateLocation(em(), { locationId: target, active: false })),
    ]);
    expect([
      ['done', 'location-in-use'],
      ['location-not-found', 'done'],
    ]).toContainEqual([moved, deactivated]);
    if (moved === 'done') break;
  }
  await updateLocation(em(), { locationId: target, active: true });
});

test('8 sessions that move, check out, ship, cancel, transfer and count: no deadlock, no oversell', async () => {
  const variants = [await stocked(40, 40), await stocked(40, 40), await stocked(40, 40)];
  const locations = [await at(0), await at(1)];
  const random = (below: number) => Math.floor(Math.random() * below);
  const shuffled = () => variants.toSorted(() => random(3) - 1);
  const orders: string[] = [];
  const codes: string[] = [];

  async function operate(): Promise<unknown> {
    const orderId = orders.at(-1 - random(8));
    const [fromLocationId = '', toLocationId = ''] = random(2) === 0 ? locations : locations.toReversed();
    const chosen = random(10);
    if (orderId === undefined || chosen < 2) {
      const quantities = Object.fromEntries(shuffled().map((id) => [id, 1 + random(2)]));
      const placed = await placePaidOrder(shop(), provider, quantities);
      return orders.push(placed.orderId);
    }
    if (chosen < 6) return await moveHold(em(), { ...key(), orderId, toLocationId });
    if (chosen === 6) return await shipOrder(em(), { ...key(), orderId });
    if (chosen === 7) return await cancelOrder(em(), { orderId });
    const lines = shuffled().map((variantId) => ({ variantId, quantity: 1 + random(3) }));
    if (chosen === 8) return await transferStock(em(), { ...key(), fromLocationId, toLocationId, lines });
    const counted = lines.map(({ variantId, quantity }) => ({ variantId, delta: quantity - 2 }));
    return await adjustStock(em(), { ...key(), locationId: toLocationId, lines: counted, reason: 'count' });
  }

  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let round = 0; round < 40; round++) codes.push(...(await outcomes([operate()])));
    }),
  );
  const expected = [
    'done',
    'out-of-stock',
    'hold-not-found',
    'nothing-to-ship',
    'order-not-open',
    'illegal-transition',
    'stock-reserved',
  ];
  expect(codes.filter((each) => !expected.includes(each))).toEqual([]);
  expect(codes.filter((each) => each === 'done').length).toBeGreaterThan(40);
});

fuzzOperation(
  'moveHold',
  shop,
  sample(moveHold, async (shop) => {
    const variantId = await stockedVariant(shop, 9, 8);
    const { orderId } = await placeOrder(shop, { [variantId]: 2 });
    const [hold] = await shop.rows<{ id: string }>(
      `select r.id from stock_reservation r join order_line l on l.id = order_line_id where order_id = '${orderId}'`,
    );
    const toLocationId = await locationId(shop, 1);
    return { ...key(), orderId, holdId: hold?.id ?? '', toLocationId, reason: 'closer' };
  }),
);

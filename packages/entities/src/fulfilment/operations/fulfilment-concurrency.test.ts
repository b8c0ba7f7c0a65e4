import { setTimeout } from 'node:timers/promises';
import { isUserError } from '@ecommerce-dms/errors';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expectSound,
  key,
  locationId,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  superuser,
} from '../../../test/placed-order.ts';
import {
  authorizePayment,
  cancelLines,
  cancelOrder,
  capturePayment,
  deliverShipment,
  expireHolds,
  handleWebhook,
  receiveStock,
  refundPayment,
  returnLines,
  returnMoney,
  shipOrder,
  sweepPendingTransactions,
} from '../../index.ts';
import { transientFailure } from '../../runtime/transient-failure.ts';

const { shop, em, provider } = useOrderShop();

test('parallel shipments never ship more than was ordered', async () => {
  const variantId = await stockedVariant(shop(), 30);
  const { orderId, lineIds } = await placePaidOrder(shop(), provider, { [variantId]: 10 });
  const lines = [{ lineId: lineIds[0] ?? '', quantity: 3 }];
  const codes = await outcomes(
    Array.from({ length: 12 }, () => shipOrder(em(), { ...key(), orderId, lines })),
  );
  expect(codes).toEqual([
    ...Array.from({ length: 3 }, () => 'done'),
    ...Array.from({ length: 9 }, () => 'quantity-exceeded'),
  ]);
  expect(
    await shop().rows(`select on_hand, reserved from stock_level where variant_id = '${variantId}'`),
  ).toEqual([{ on_hand: 21, reserved: 1 }]);
});

describe('of a cancellation and a shipment one wins, and the stock stays true:', () => {
  test.each([
    ['shipped', ['done', 'illegal-transition']],
    ['cancelled', ['done', 'order-not-open']],
  ])('%s', async (winner, expected) => {
    const variantId = await stockedVariant(shop(), 3);
    const { orderId } = await placePaidOrder(shop(), provider, { [variantId]: 2 });
    const [locker, monitor] = [await superuser(shop()), await superuser(shop())];
    await locker.query(`begin; select from sales_order where id = '${orderId}' for update`);
    // Both wait for the order, in this order.
    const waiting = async (count: number) => {
      const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await monitor.query(sql)).rowCount !== count) await setTimeout(1);
    };
    const ship = () => shipOrder(em(), { ...key(), orderId });
    const cancel = () => cancelOrder(em(), { orderId });
    const operations = winner === 'shipped' ? [ship, cancel] : [cancel, ship];
    const running: Promise<unknown>[] = [];
    for (const operation of operations) {
      running.push(operation());
      await waiting(running.length);
    }
    const codes = outcomes(running);
    await locker.query('commit');
    expect(await codes).toEqual(expected);
    const [order] = await shop().rows(`select status from sales_order where id = '${orderId}'`);
    expect(order).toEqual({ status: winner });
    expect(
      await shop().rows(`select on_hand, reserved from stock_level where variant_id = '${variantId}'`),
    ).toEqual([{ on_hand: winner === 'shipped' ? 1 : 3, reserved: 0 }]);
  });
});

test('cancelled and shipped lines together never exceed the order', async () => {
  const variantId = await stockedVariant(shop(), 20);
  const { orderId, lineIds } = await placePaidOrder(shop(), provider, { [variantId]: 9 });
  const lines = [{ lineId: lineIds[0] ?? '', quantity: 2 }];
  const codes = await outcomes(
    Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0
        ? shipOrder(em(), { ...key(), orderId, lines })
        : cancelLines(em(), { ...key(), orderId, lines }),
    ),
  );
  expect(codes.filter((code) => code === 'done')).toHaveLength(4);
});

test.each([
  ['in peace', false],
  ['while sessions are killed', true],
])(
  '480 operations of 6 clients on the same orders, %s: no deadlock, every invariant holds',
  async (_name, isKilling) => {
    const variants: string[] = [];
    for (let index = 0; index < 3; index++) variants.push(await stockedVariant(shop(), 60, 60));
    await shop().rows(`update stock_level set backorder_limit = 20`);
    const location = await locationId(shop());
    const orders: Awaited<ReturnType<typeof placeOrder>>[] = [];
    const random = (below: number) => Math.floor(Math.random() * below);
    const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];
    const paymentOf = async (orderId: string) =>
      (await shop().rows<{ id: string }>(`select id from payment where order_id = '${orderId}' limit 1`))[0]
        ?.id ?? orderId;
    const shipmentOf = async (orderId: string) =>
      (await shop().rows<{ id: string }>(`select id from shipment where order_id = '${orderId}' limit 1`))[0]
        ?.id ?? orderId;

    async function place() {
      const shuffled = variants.toSorted(() => random(3) - 1);
      orders.push(await placeOrder(shop(), Object.fromEntries(shuffled.map((id) => [id, 1 + random(3)]))));
    }
    async function operate(): Promise<unknown> {
      const order = pick(orders.slice(-12));
      if (order === undefined || random(8) === 0) return await place();
      const { orderId } = order;
      const lines = [{ lineId: pick(order.lineIds) ?? '', quantity: 1 + random(2) }];
      const amountMinor = BigInt(1 + random(2000));
      switch (random(18)) {
        case 0:
          return random(3) === 0 ? await cancelOrder(em(), { orderId }) : await place();
        case 1:
          return await cancelLines(em(), { ...key(), orderId, lines });
        case 2:
          return await shipOrder(em(), { ...key(), orderId });
        case 3:
          return await shipOrder(em(), { ...key(), orderId, lines });
        case 4:
          return await deliverShipment(em(), { shipmentId: await shipmentOf(orderId) });
        case 5:
          return await returnLines(em(), { ...key(), orderId, lines, restock: random(2) === 0 });
        case 6:
          return await receiveStock(em(), {
            ...key(),
            locationId: location,
            lines: variants.toSorted(() => random(3) - 1).map((variantId) => ({ variantId, quantity: 5 })),
          });
        case 7:
          return await expireHolds(em());
        case 8:
          return await capturePayment(em(), provider, {
            ...key(),
            paymentId: await paymentOf(orderId),
            amountMinor,
          });
        case 9:
          return await refundPayment(em(), provider, {
            ...key(),
            paymentId: await paymentOf(orderId),
            amountMinor,
          });
        case 10:
          return await returnMoney(em(), provider, { orderId });
        case 11: {
          const event = pick(provider.webhooks);
          return event && (await handleWebhook(em(), event));
        }
        default:
          if (random(5) === 0)
            provider.behave(
              pick(['decline', 'lose-request', 'lose-answer', 'answer-later'] as const) ?? 'decline',
            );
          return await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
      }
    }
    const done = { operations: 0, refused: 0, lost: 0 };
    const client = async () => {
      for (let step = 0; step < 80; step++) {
        await operate().catch((error: unknown) => {
          if (isUserError(error)) done.refused++;
          else if (isKilling && transientFailure(error) === 'connection-lost') done.lost++;
          // Whatever else comes, a deadlock or an error of the database, is a defect.
          else throw error;
        });
        done.operations++;
      }
    };
    const running = Promise.all(Array.from({ length: 6 }, client));
    if (isKilling) await killSessions(running);
    await running;
    expect(done.lost > 0).toBe(isKilling);
    const swept = await sweepPendingTransactions(em(), provider, {
      minAgeMs: 0,
      abandonAgeMs: 0,
      limit: 1000,
    });
    expect(swept.errors).toEqual([]);
    expect(done.refused).toBeLessThan(done.operations);
    // The books of the provider are ours.
    const [sums] = await shop().rows<Record<string, string>>(
      `select sum(authorized_minor) as authorized, sum(captured_minor) as captured, sum(refunded_minor) as refunded
       from payment`,
    );
    const { authorizedMinor, capturedMinor, refundedMinor } = provider.totals();
    expect(sums).toEqual({
      authorized: authorizedMinor.toString(),
      captured: capturedMinor.toString(),
      refunded: refundedMinor.toString(),
    });
    // Every order that was acknowledged is there.
    const ids = orders.map((order) => `'${order.orderId}'`).join(', ');
    expect(await shop().rows(`select id from sales_order where id in (${ids})`)).toHaveLength(orders.length);
    const used = await shop().rows(
      `select status, count(*)::int from sales_order group by status order by count desc`,
    );
    expect(used.length).toBeGreaterThan(3);
    await expectSound(shop());
  },
  60_000,
);

/** Kills a random session of the shop at work, again and again, while `work` runs. */
async function killSessions(work: Promise<unknown>): Promise<void> {
  const killer = await superuser(shop());
  const stop = new AbortController();
  void work.finally(() => stop.abort()).catch(() => undefined);
  while (!stop.signal.aborted) {
    await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' order by random() limit 1`);
    await setTimeout(10);
  }
}

import { setTimeout } from 'node:timers/promises';
import { isUserError } from '@ecommerce-dms/errors';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import { type Choices, seededChoices } from '../../../test/seeded-random.ts';
import {
  expectInvariants,
  key,
  locationId,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  stockOf,
  superuser,
  waitForLocks,
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
  const { orderId, lineId } = await placePaidOrder(shop(), provider, { [variantId]: 10 });
  const lines = [{ lineId, quantity: 3 }];
  const codes = await outcomes(
    Array.from({ length: 12 }, () => shipOrder(em(), { ...key(), orderId, lines })),
  );
  expect(codes).toEqual([
    ...Array.from({ length: 3 }, () => 'done'),
    ...Array.from({ length: 9 }, () => 'quantity-exceeded'),
  ]);
  expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: 21, reserved: 1 }]);
});

describe('of a cancellation and a shipment one wins, and the stock agrees:', () => {
  test.each([
    { winner: 'shipped', loserCode: 'illegal-transition', onHand: 1 },
    { winner: 'cancelled', loserCode: 'order-not-open', onHand: 3 },
  ])('$winner', async ({ winner, loserCode, onHand }) => {
    const variantId = await stockedVariant(shop(), 3);
    const { orderId } = await placePaidOrder(shop(), provider, { [variantId]: 2 });
    const [locker, monitor] = [await superuser(shop()), await superuser(shop())];
    await locker.query(`begin; select from sales_order where id = '${orderId}' for update`);
    const ship = () => shipOrder(em(), { ...key(), orderId });
    const cancel = () => cancelOrder(em(), { orderId });
    const operations = winner === 'shipped' ? [ship, cancel] : [cancel, ship];
    // Both wait for the order, in this order.
    const running: Promise<unknown>[] = [];
    for (const operation of operations) {
      running.push(operation());
      await waitForLocks(monitor, running.length);
    }
    const codes = outcomes(running);
    await locker.query('commit');
    expect(await codes).toEqual(['done', loserCode]);
    const [order] = await shop().rows(`select status from sales_order where id = '${orderId}'`);
    expect(order).toEqual({ status: winner });
    expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: onHand, reserved: 0 }]);
  });
});

test('cancelled and shipped lines together never exceed the order', async () => {
  const variantId = await stockedVariant(shop(), 20);
  const { orderId, lineId } = await placePaidOrder(shop(), provider, { [variantId]: 9 });
  const lines = [{ lineId, quantity: 2 }];
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
  { when: 'undisturbed', isKilling: false },
  { when: 'while sessions are killed', isKilling: true },
])(
  '480 operations of 6 clients on the same orders, $when: no deadlock, every invariant holds',
  async ({ isKilling }) => {
    const variants: string[] = [];
    for (let index = 0; index < 3; index++) variants.push(await stockedVariant(shop(), 60, 60));
    await shop().rows(`update stock_level set backorder_limit = 20`);
    const location = await locationId(shop());
    const orders: Awaited<ReturnType<typeof placeOrder>>[] = [];
    const choicesOf = seededChoices();
    const idOf = async (table: 'payment' | 'shipment', orderId: string) => {
      const sql = `select id from ${table} where order_id = '${orderId}' limit 1`;
      return (await shop().rows<{ id: string }>(sql))[0]?.id ?? orderId;
    };

    async function place({ random }: Choices) {
      const shuffled = variants.toSorted(() => random(3) - 1);
      orders.push(await placeOrder(shop(), Object.fromEntries(shuffled.map((id) => [id, 1 + random(3)]))));
    }
    async function operate(choices: Choices): Promise<unknown> {
      const { random, oneOf } = choices;
      if (orders.length === 0 || random(8) === 0) return await place(choices);
      const order = oneOf(orders.slice(-12));
      const { orderId } = order;
      const lines = [{ lineId: oneOf(order.lineIds), quantity: 1 + random(2) }];
      const part = async () => ({
        ...key(),
        paymentId: await idOf('payment', orderId),
        amountMinor: BigInt(1 + random(2000)),
      });
      switch (random(18)) {
        case 0:
          return random(3) === 0 ? await cancelOrder(em(), { orderId }) : await place(choices);
        case 1:
          return await cancelLines(em(), { ...key(), orderId, lines });
        case 2:
          return await shipOrder(em(), { ...key(), orderId });
        case 3:
          return await shipOrder(em(), { ...key(), orderId, lines });
        case 4:
          return await deliverShipment(em(), { shipmentId: await idOf('shipment', orderId) });
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
          return await capturePayment(em(), provider, await part());
        case 9:
          return await refundPayment(em(), provider, await part());
        case 10:
          return await returnMoney(em(), provider, { orderId });
        case 11: {
          const { webhooks } = provider;
          return webhooks.length > 0 && (await handleWebhook(em(), provider, oneOf(webhooks)));
        }
        default:
          if (random(5) === 0)
            provider.behave(oneOf(['decline', 'lose-request', 'lose-answer', 'answer-later'] as const));
          return await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
      }
    }
    const done = { operations: 0, refused: 0, lost: 0 };
    const client = async (number: number) => {
      const choices = choicesOf(number);
      for (let step = 0; step < 80; step++) {
        await operate(choices).catch((error: unknown) => {
          if (isUserError(error)) done.refused++;
          else if (isKilling && transientFailure(error) === 'connection-lost') done.lost++;
          // Whatever else comes, a deadlock or an error of the database, is a defect.
          else throw error;
        });
        done.operations++;
      }
    };
    const running = Promise.all(Array.from({ length: 6 }, (_each, number) => client(number)));
    if (isKilling) await killSessions(running);
    await running;
    expect(done.lost > 0).toBe(isKilling);
    const all = { minAgeMs: 0, abandonAgeMs: 0, limit: 1000 };
    // The first may meet what a client has prepared the provider for.
    await sweepPendingTransactions(em(), provider, all);
    const swept = await sweepPendingTransactions(em(), provider, all);
    expect(swept.errors).toEqual([]);
    expect(done.refused).toBeLessThan(done.operations);
    // The provider's books agree with ours.
    const sums = await shop().rows(
      `select sum(authorized_minor) as authorized, sum(captured_minor) as captured, sum(refunded_minor) as refunded
       from payment`,
    );
    const { authorizedMinor, capturedMinor, refundedMinor } = provider.totals();
    expect(sums).toEqual([
      { authorized: `${authorizedMinor}`, captured: `${capturedMinor}`, refunded: `${refundedMinor}` },
    ]);
    // Every order that was acknowledged is there.
    const ids = orders.map((order) => `'${order.orderId}'`).join(', ');
    expect(await shop().rows(`select id from sales_order where id in (${ids})`)).toHaveLength(orders.length);
    const used = await shop().rows(
      `select status, count(*)::int from sales_order group by status order by count desc`,
    );
    expect(used.length).toBeGreaterThan(3);
    await expectInvariants(shop());
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

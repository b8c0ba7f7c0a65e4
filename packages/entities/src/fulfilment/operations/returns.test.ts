import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chargedOrder } from '../../../test/charged-order.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, outcomes, stockOf, superuser, waitForLocks } from '../../../test/placed-order.ts';
import { refusal } from '../../../test/refusal.ts';
import {
  actingAs,
  approveReturn,
  cancelReturn,
  capturePayment,
  declineReturn,
  exportPerson,
  listReturns,
  receiveReturn,
  refundOrder,
  refundReturn,
  requestReturn,
  returnLines,
  type ReturnRefund,
  shipOrder,
  withRetry,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em, provider } = useOrderShop();

/** An order of 3 units that were captured and shipped. */
async function shipped(payments = provider) {
  const order = await chargedOrder(shop(), payments);
  await capturePayment(em(), payments, { ...key(), paymentId: order.paymentIds[0] ?? '' });
  await shipOrder(em(), { ...key(), orderId: order.orderId });
  return order;
}

const units = (lineId: string, quantity = 1) => [{ lineId, quantity }];

async function requested(quantity = 1, payments = provider) {
  const order = await shipped(payments);
  const { orderId, lineId } = order;
  const lines = units(lineId, quantity);
  const { returnId } = await requestReturn(em(), { ...key(), orderId, lines, reason: 'too small' });
  return { ...order, returnId };
}

async function approved(quantity = 1, payments = provider) {
  const order = await requested(quantity, payments);
  await approveReturn(em(), { returnId: order.returnId });
  return order;
}

async function received(quantity = 1, payments = provider) {
  const order = await approved(quantity, payments);
  const lines = [{ lineId: order.lineId, quantity, restock: true }];
  await receiveReturn(em(), { ...key(), returnId: order.returnId, lines });
  return order;
}

const stateOf = async (returnId: string) => {
  const [row] = await shop().rows(`select r.status, l.quantity, l.received_quantity as received,
      l.restocked_quantity as restocked, o.returned_quantity as returned, s.status as order
    from return_request r join return_request_line l on l.return_request_id = r.id
      join order_line o on o.id = l.order_line_id join sales_order s on s.id = r.order_id
    where r.id = '${returnId}'`);
  return row;
};

fuzzOperation(
  'requestReturn',
  shop,
  sample(requestReturn, async () => {
    const { orderId, lineId } = await shipped();
    return { ...key(), orderId, lines: units(lineId), reason: 'too small' };
  }),
);
const decision = (make: () => Promise<{ returnId: string }>) => async () => {
  const { returnId } = await make();
  return { returnId, reason: 'as agreed' };
};
fuzzOperation('approveReturn', shop, sample(approveReturn, decision(requested)));
fuzzOperation('declineReturn', shop, sample(declineReturn, decision(requested)));
fuzzOperation('cancelReturn', shop, sample(cancelReturn, decision(approved)));
fuzzOperation(
  'receiveReturn',
  shop,
  sample(receiveReturn, async () => {
    const { returnId, lineId } = await approved();
    return { ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }], reason: 'as new' };
  }),
);
fuzzOperation(
  'refundReturn',
  shop,
  sample(
    (em, input: ReturnRefund) => refundReturn(em, provider, input),
    async () => {
      const { returnId } = await received();
      return { ...key(), returnId, shipping: { grossMinor: 100n }, reason: 'as agreed' };
    },
  ),
);

describe('a return', () => {
  test('that was credited by refundOrder already is refunded once', async () => {
    const { orderId, lineId, returnId } = await received();
    const { grossMinor } = await refundOrder(em(), provider, { ...key(), orderId, lines: units(lineId) });
    expect(grossMinor).toBeGreaterThan(0n);
    expect(await refundReturn(em(), provider, { ...key(), returnId })).toMatchObject({
      creditNoteId: undefined,
      grossMinor: 0n,
    });
    expect(await stateOf(returnId)).toMatchObject({ status: 'refunded' });
  });

  test('is requested, approved, received and refunded', async () => {
    const { orderId, lineId, returnId, paymentIds } = await requested(2);
    expect(await approveReturn(em(), { returnId })).toEqual({ returnId, orderId, status: 'approved' });
    const [variant] = await shop().rows<{ id: string }>(
      `select variant_id as id from order_line where id = '${lineId}'`,
    );
    expect(await stockOf(shop(), variant?.id ?? '')).toEqual([{ on_hand: 0, reserved: 0 }]);
    const lines = [{ lineId, quantity: 2, restock: true }];
    expect(await receiveReturn(em(), { ...key(), returnId, lines })).toEqual({
      returnId,
      orderId,
      status: 'received',
      orderStatus: 'shipped',
      returnedMinor: 1587n,
      returnedTaxMinor: 253n,
    });
    expect(await stockOf(shop(), variant?.id ?? '')).toEqual([{ on_hand: 2, reserved: 0 }]);
    const refund = { ...key(), returnId };
    const done = await refundReturn(em(), provider, refund);
    expect(done).toMatchObject({ orderId, returnId, grossMinor: 1587n, openMinor: 0n });
    expect(done.creditNoteId).toBeDefined();
    expect(await refundReturn(em(), provider, refund)).toEqual(done);
    expect(await stateOf(returnId)).toEqual({
      status: 'refunded',
      quantity: 2,
      received: 2,
      restocked: 2,
      returned: 2,
      order: 'shipped',
    });
    expect(await shop().rows(`select refunded_minor from payment where id = '${paymentIds[0]}'`)).toEqual([
      { refunded_minor: 1587n.toString() },
    ]);
  });

  test.each([
    {
      what: 'less than was asked for, written off',
      quantity: 1,
      restock: false,
      restocked: 0,
      onHand: 0,
      order: 'shipped',
    },
    {
      what: 'more than was asked for, into the stock',
      quantity: 3,
      restock: true,
      restocked: 3,
      onHand: 3,
      order: 'returned',
    },
  ])('can bring $what', async ({ quantity, restock, restocked, onHand, order }) => {
    const { lineId, returnId } = await approved(2);
    const lines = [{ lineId, quantity, restock }];
    const receipt = await receiveReturn(em(), { ...key(), returnId, lines });
    expect(receipt.orderStatus).toBe(order);
    expect(await stateOf(returnId)).toMatchObject({
      received: quantity,
      restocked,
      returned: quantity,
      order,
    });
    const [variant] = await shop().rows<{ id: string }>(
      `select variant_id as id from order_line where id = '${lineId}'`,
    );
    expect(await stockOf(shop(), variant?.id ?? '')).toEqual([{ on_hand: onHand, reserved: 0 }]);
  });

  test('has who decided and why in the audit log', async () => {
    const { returnId } = await requested();
    await actingAs('support:17', declineReturn)(em(), { returnId, reason: 'worn' });
    expect(
      await shop().rows(`select action, actor, detail from audit_log where entity_id = '${returnId}'`),
    ).toEqual([{ action: 'return.declined', actor: 'support:17', detail: { reason: 'worn' } }]);
    expect(await shop().rows(`select reason from return_request where id = '${returnId}'`)).toEqual([
      { reason: 'too small' },
    ]);
  });

  test('that was declined or cancelled leaves its units to another one', async () => {
    for (const end of [declineReturn, cancelReturn]) {
      const { orderId, lineId, returnId } = await requested(3);
      const again = { ...key(), orderId, lines: units(lineId, 3) };
      await expect(requestReturn(em(), again)).rejects.toMatchObject({
        code: 'quantity-exceeded',
        lines: [{ lineId, requested: 3, available: 0 }],
      });
      await end(em(), { returnId });
      expect(await end(em(), { returnId })).toMatchObject({ returnId });
      expect(await requestReturn(em(), again)).toMatchObject({ status: 'requested' });
    }
  });

  test('is refused where its status does not allow the step, and where there is none', async () => {
    const first = await requested();
    const second = await approved();
    const third = await received();
    const receive = (returnId: string, lineId: string) =>
      receiveReturn(em(), { ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }] });
    const refund = (returnId: string) => refundReturn(em(), provider, { ...key(), returnId });
    const illegal = [
      receive(first.returnId, first.lineId),
      refund(first.returnId),
      declineReturn(em(), { returnId: second.returnId }),
      refund(second.returnId),
      approveReturn(em(), { returnId: third.returnId }),
      cancelReturn(em(), { returnId: third.returnId }),
      receive(third.returnId, third.lineId),
    ];
    expect(await outcomes(illegal)).toEqual(illegal.map(() => 'illegal-transition'));
    const returnId = randomUUID();
    const missing = [approveReturn(em(), { returnId }), receive(returnId, first.lineId), refund(returnId)];
    expect(await outcomes(missing)).toEqual(missing.map(() => 'return-not-found'));
    const other = requestReturn(em(), { ...key(), orderId: returnId, lines: units(first.lineId) });
    await expect(other).rejects.toMatchObject({ code: 'order-not-found' });
    await expect(receive(second.returnId, first.lineId)).rejects.toMatchObject({ code: 'quantity-exceeded' });
  });

  test('of units that were credited before is refunded without a second credit note', async () => {
    const { orderId, lineId, returnId } = await received(2);
    await refundOrder(em(), provider, { ...key(), orderId, lines: units(lineId, 3) });
    expect(await refundReturn(em(), provider, { ...key(), returnId })).toMatchObject({
      creditNoteId: undefined,
      grossMinor: 0n,
      openMinor: 0n,
    });
    expect(await stateOf(returnId)).toMatchObject({ status: 'refunded' });
  });

  test('is refunded once, though the answer of the provider is lost', async () => {
    const own = new InMemoryPaymentProvider('memory-returns');
    const { returnId } = await received(1, own);
    own.behave('lose-answer');
    const request = { ...key(), returnId };
    const lost = refundReturn(em(), own, request);
    await expect(lost).rejects.toMatchObject({ code: 'payment-outcome-unknown' });
    expect(await refundReturn(em(), own, request)).toMatchObject({ grossMinor: 793n, openMinor: 0n });
    expect(own.totals().refundedMinor).toBe(793n);
    await expect(refundReturn(em(), own, { ...request, ...key() })).rejects.toMatchObject({
      code: 'illegal-transition',
    });
  });
});

fuzzOperation(
  'listReturns',
  shop,
  sample(listReturns, async () => {
    const { orderId } = await received();
    return { orderId };
  }),
);

test('listReturns has what was asked for, what came back, and who asked', async () => {
  const { orderId, lineId, returnId } = await approved(2);
  await receiveReturn(em(), { ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }] });
  const { creditNoteId } = await refundReturn(em(), provider, { ...key(), returnId });
  const ask = actingAs('buyer:5', requestReturn);
  const second = await ask(em(), { ...key(), orderId, lines: units(lineId) });
  expect(await listReturns(em(), { orderId })).toEqual([
    {
      returnId,
      status: 'refunded',
      reason: 'too small',
      actor: 'postgres',
      creditNoteId,
      requestedAt: expect.any(Date),
      lines: [{ lineId, quantity: 2, receivedQuantity: 1, restockedQuantity: 1 }],
    },
    {
      returnId: second.returnId,
      status: 'requested',
      reason: undefined,
      actor: 'buyer:5',
      creditNoteId: undefined,
      requestedAt: expect.any(Date),
      lines: [{ lineId, quantity: 1, receivedQuantity: null, restockedQuantity: 0 }],
    },
  ]);
  expect(await listReturns(em(), { orderId: randomUUID() })).toEqual([]);
});

describe('at the same time', () => {
  test('no unit is asked for or returned twice', async () => {
    const { orderId, lineId } = await shipped();
    const lines = units(lineId);
    const codes = await outcomes([
      ...Array.from({ length: 3 }, () => withRetry(em(), requestReturn, { ...key(), orderId, lines })),
      ...Array.from({ length: 3 }, () =>
        withRetry(em(), returnLines, { ...key(), orderId, lines, restock: true }),
      ),
    ]);
    expect(codes.filter((code) => code === 'done')).toHaveLength(3);
    expect(codes.filter((code) => code !== 'done')).toEqual(Array(3).fill('quantity-exceeded'));
  });

  test('one decision wins', async () => {
    const { returnId } = await requested();
    const codes = await outcomes([approveReturn(em(), { returnId }), declineReturn(em(), { returnId })]);
    expect(codes).toEqual(['done', 'illegal-transition']);
  });

  test('a return is received and refunded once', async () => {
    const { returnId, lineId } = await approved();
    const lines = [{ lineId, quantity: 1, restock: true }];
    const receive = () => receiveReturn(em(), { ...key(), returnId, lines });
    expect(await outcomes([receive(), receive()])).toEqual(['done', 'illegal-transition']);
    const refund = () => refundReturn(em(), provider, { ...key(), returnId });
    expect(await outcomes([refund(), refund()])).toEqual(['done', 'illegal-transition']);
  });
});

const session = async () => {
  const client = new Client({ connectionString: String(shop().orm.config.get('clientUrl')) });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};
const insertReturn = (orderId: string, lineId: string, quantity: number) =>
  `with asked as (insert into return_request (order_id) values ('${orderId}') returning id)
   insert into return_request_line (return_request_id, order_line_id, quantity)
   select id, '${lineId}', ${quantity} from asked`;
const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'done',
    (error: { constraint?: string; code?: string }) => error.constraint ?? String(error.code),
  );

describe.each(['read committed', 'repeatable read', 'serializable'])('plain SQL at %s', (level) => {
  test.each([
    { what: 'two returns', first: 'ask', second: 'ask', constraint: 'return_request_line_shipped' },
    {
      what: 'a return, then goods that come back',
      first: 'ask',
      second: 'return',
      constraint: 'order_line_open_returns',
    },
    {
      what: 'goods that come back, then a return',
      first: 'return',
      second: 'ask',
      constraint: 'return_request_line_shipped',
    },
  ])('$what: never more than was shipped', async ({ first, second, constraint }) => {
    const { orderId, lineId } = await shipped();
    const sql: Record<string, string> = {
      ask: insertReturn(orderId, lineId, 2),
      return: `update order_line set returned_quantity = returned_quantity + 2 where id = '${lineId}'`,
    };
    const [one, other] = [await session(), await session()];
    for (const client of [one, other])
      await client.query(`begin isolation level ${level}; select from sales_order`);
    await one.query(sql[first] ?? '');
    const waiting = codeOf(other.query(sql[second] ?? ''));
    await waitForLocks(await superuser(shop()), 1);
    await one.query('commit');
    expect(await waiting).toBe(level === 'read committed' ? constraint : '40001');
    await other.query('rollback');
  });
});

test('the database refuses a return that is not of shipped units, and a change of what was asked', async () => {
  const { orderId, lineId, returnId } = await requested(1);
  const other = await shipped();
  const client = await session();
  const addLine = (id: string, line: string) =>
    `insert into return_request_line (return_request_id, order_line_id, quantity) values ('${id}', '${line}', 1)`;
  expect(await refusal(client, insertReturn(orderId, lineId, 3))).toBe('return_request_line_shipped');
  expect(await refusal(client, insertReturn(orderId, other.lineId, 1))).toBe('return_request_line_shipped');
  expect(await refusal(client, addLine(returnId, other.lineId))).toBe('return_request_line_shipped');
  expect(await refusal(client, `update return_request_line set quantity = 2`)).toBe('42501');
  expect(await refusal(await superuser(shop()), `update return_request_line set quantity = 2`)).toBe('23001');
});

test('the database refuses to write anew what a return has received, and a credit note that is not its own', async () => {
  const waiting = await approved();
  const done = await received();
  const client = await superuser(shop());
  await client.query('set role shop_app');
  const refusalOf = async (...statements: string[]) => {
    await client.query('begin');
    try {
      for (const each of statements) await client.query(each);
      await client.query('commit');
      return 'done';
    } catch (error) {
      return (error as { constraint?: string; message: string }).constraint ?? (error as Error).message;
    } finally {
      await client.query('rollback');
    }
  };
  const receive = (returnId: string) =>
    `update return_request set status = 'received' where id = '${returnId}'`;
  const write = (returnId: string, units: number | null) =>
    `update return_request_line set received_quantity = ${units}, restocked_quantity = 0 where return_request_id = '${returnId}'`;
  const count = (lineId: string) =>
    `update order_line set returned_quantity = returned_quantity + 1 where id = '${lineId}'`;
  const { returnId, lineId } = waiting;
  const refusals = [
    { of: 'received before its return is', statements: [write(returnId, 1)] },
    { of: 'not counted as returned', statements: [receive(returnId), write(returnId, 1)] },
    { of: 'more than is counted', statements: [receive(returnId), count(lineId), write(returnId, 2)] },
    { of: 'written again', statements: [write(done.returnId, 1)] },
    { of: 'taken back', statements: [write(done.returnId, null)] },
  ];
  for (const { of, statements } of refusals) {
    expect([of, await refusalOf(...statements)]).toEqual([of, 'return_request_line_received']);
  }
  const other = await received();
  const { creditNoteId } = await refundReturn(em(), provider, { ...key(), returnId: other.returnId });
  const own = await received();
  await refundReturn(em(), provider, { ...key(), returnId: own.returnId });
  const third = await shipped();
  const note = await refundOrder(em(), provider, {
    ...key(),
    orderId: third.orderId,
    lines: units(third.lineId),
  });
  const credit = (returnId: string, id: string | undefined) =>
    `update return_request set status = 'refunded', credit_note_id = ${id === undefined ? 'null' : `'${id}'`}
     where id = '${returnId}'`;
  expect(await refusalOf(credit(done.returnId, note.creditNoteId))).toBe('return_request_credited');
  expect(await refusalOf(credit(own.returnId, note.creditNoteId))).toBe('return_request_credited');
  expect(await refusalOf(credit(other.returnId, undefined))).toBe('return_request_credited');
  expect(creditNoteId).toBeDefined();
  // What was credited before needs no note.
  expect(await refusalOf(credit(done.returnId, undefined))).toBe('done');
});

test('an export of the buyer has the returns and the credit notes of an order', async () => {
  const { orderId, returnId } = await received();
  await refundReturn(em(), provider, { ...key(), returnId, shipping: 'all', reason: 'wrong colour' });
  const { orders } = await exportPerson(em(), { email: 'ann@example.com' });
  const [row] = await shop().rows<{ number: string }>(
    `select number::text from sales_order where id = '${orderId}'`,
  );
  const order = orders.find(({ number }) => number === row?.number);
  expect(JSON.parse(JSON.stringify(order))).toEqual(order);
  expect(order).toMatchObject({
    edits: [],
    returns: [
      {
        status: 'refunded',
        reason: 'too small',
        lines: [{ linePosition: 1, quantity: 1, receivedQuantity: 1 }],
      },
    ],
    creditNotes: [
      {
        netMinor: '1156',
        taxMinor: '220',
        reason: 'wrong colour',
        lines: [
          { linePosition: 1, quantity: 1, netMinor: '666', taxMinor: '127' },
          { linePosition: null, quantity: null, netMinor: '490', taxMinor: '93' },
        ],
      },
    ],
  });
});

import { validate } from '@ecommerce-dms/validator';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chargedMinor, chargedOrder } from '../../../test/charged-order.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  checkoutRequest,
  key,
  outcomes,
  placeOrder,
  stockedVariant,
  superuser,
  waitForLocks,
} from '../../../test/placed-order.ts';
import { refusal } from '../../../test/refusal.ts';
import { shopChecks } from '../../checks/index.ts';
import {
  actingAs,
  authorizePayment,
  breakDownTaxes,
  cancelLines,
  capturePayment,
  checkoutWith,
  getOrder,
  listCreditNotes,
  type OrderRefund,
  proposeRefund,
  refundOrder,
  returnMoney,
  shipOrder,
  sweepPendingTransactions,
  taxBreakdown,
  taxByRegion,
  voidPayment,
  withRetry,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em, provider } = useOrderShop();

/** An order whose payments were captured. */
async function captured(amounts?: bigint[], payments = provider) {
  const order = await chargedOrder(shop(), payments, amounts);
  for (const paymentId of order.paymentIds) await capturePayment(em(), payments, { ...key(), paymentId });
  return order;
}

const notesOf = async (orderId: string) =>
  await shop().rows<{ net: string; tax: string; reason: string | null; actor: string }>(
    `select net_minor as net, tax_minor as tax, reason, actor from credit_note
     where order_id = '${orderId}' order by number`,
  );
const moneyOf = async (orderId: string) =>
  await shop()
    .rows(`select status, captured_minor::int as captured, refunded_minor::int as refunded from payment
    where order_id = '${orderId}' order by created_at`);

test('what was credited before it is shipped, by a refund and a void, is not missed', async () => {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
  const pay = { orderId, paymentMethod: 'tok' };
  await authorizePayment(em(), provider, { ...key(), ...pay, amountMinor: 500n });
  await authorizePayment(em(), provider, { ...key(), ...pay, amountMinor: 1500n, capture: 'immediate' });
  const { lines } = await getOrder(em(), { orderId });
  const unit = [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }];
  await refundOrder(em(), provider, { ...key(), orderId, lines: unit });
  expect(await moneyOf(orderId)).toEqual([
    { status: 'voided', captured: 0, refunded: 0 },
    { status: 'captured', captured: 1500, refunded: 500 },
  ]);
  const checks = shopChecks().filter(({ id }) => id === 'order.unpaid-goods');
  const report = await validate({ url: String(shop().orm.config.get('clientUrl')), checks });
  expect(report.checks).toMatchObject([{ state: 'passed' }]);
});

fuzzOperation(
  'refundOrder',
  shop,
  sample(
    (em, input: OrderRefund) => refundOrder(em, provider, input),
    async () => {
      const { orderId, lineId } = await captured();
      const lines = [{ lineId, quantity: 1 }];
      return { ...key(), orderId, lines, shipping: { grossMinor: 100n }, reason: 'too late' };
    },
  ),
);

describe('refundOrder', () => {
  test('issues a credit note with its lines and taxes, and returns its money', async () => {
    const { orderId, lineId } = await captured();
    const refund = actingAs('support:17', (em, request: OrderRefund) => refundOrder(em, provider, request));
    const request = { ...key(), orderId, lines: [{ lineId, quantity: 1 }], shipping: 'all' as const };
    const note = await refund(em(), { ...request, reason: 'broken' });
    expect(note).toMatchObject({ orderId, grossMinor: 1376n, pendingMinor: 0n, openMinor: 0n });
    expect(await notesOf(orderId)).toEqual([
      { net: '1156', tax: '220', reason: 'broken', actor: 'support:17' },
    ]);
    expect(
      await shop()
        .rows(`select l.order_line_id, l.quantity, l.net_minor::int as net, t.code, t.amount_minor::int as tax
        from credit_note_line l join credit_note_tax t on t.credit_note_line_id = l.id
        where l.credit_note_id = '${note.creditNoteId}' order by l.quantity`),
    ).toEqual([
      { order_line_id: lineId, quantity: 1, net: 666, code: 'VAT', tax: 127 },
      { order_line_id: null, quantity: null, net: 490, code: 'VAT', tax: 93 },
    ]);
    expect(await moneyOf(orderId)).toEqual([{ status: 'captured', captured: 2963, refunded: 1376 }]);
    expect(
      await shop()
        .rows(`select t.actor, t.reason from payment_transaction t join payment p on p.id = t.payment_id
        where p.order_id = '${orderId}' and t.kind = 'refund'`),
    ).toEqual([{ actor: 'support:17', reason: 'broken' }]);
    const { reason: _reason, ...other } = { ...request, reason: 'broken' };
    await expect(refundOrder(em(), provider, other)).rejects.toMatchObject({ code: 'idempotency-conflict' });
    const inside = em().transactional((em) => refundOrder(em, provider, { ...request, ...key() }));
    await expect(inside).rejects.toMatchObject({ code: 'transaction-open' });
  });

  test('credits each rate of a tax for itself, in parts that make what was charged at it', async () => {
    const [goods, book] = [await stockedVariant(shop(), 3), await stockedVariant(shop(), 3)];
    const admin = await superuser(shop());
    await admin.query(`update product_variant set tax_class = 'reduced' where id = '${book}'`);
    const vat = { code: 'VAT', countryCode: 'US', taxesShipping: true };
    const { quoteCart, checkout } = checkoutWith({
      shipping: () => [{ code: 'standard', amountMinor: 490n }],
      tax: taxByRegion([
        { ...vat, ratePpm: 190_000 },
        { ...vat, taxClass: 'reduced', ratePpm: 70_000 },
      ]),
    });
    const request = await checkoutRequest(
      shop(),
      await shop().cart({ [goods]: 3, [book]: 3 }),
      {},
      quoteCart,
    );
    const { id: orderId } = await checkout(em(), request);
    await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
    const { rows: charged, lines } = await taxBreakdown(em(), { orderId });
    for (const shipping of [{ grossMinor: 101n }, { sharePpm: 333_333 }, 'all' as const]) {
      const units = lines.map(({ lineId }) => ({ lineId, quantity: 1 }));
      const proposal = await proposeRefund(em(), { orderId, lines: units, shipping });
      expect(proposal.taxes.map(({ ratePpm }) => ratePpm).toSorted()).toEqual([190_000, 70_000]);
      await refundOrder(em(), provider, { ...key(), orderId, lines: units, shipping });
    }
    const notes = await listCreditNotes(em(), { orderId });
    const credited = breakDownTaxes(notes.flatMap((note) => note.lines.flatMap(({ taxes }) => taxes)));
    expect(credited.map(({ code, ratePpm, taxMinor }) => ({ code, ratePpm, taxMinor }))).toEqual(
      charged.map(({ code, ratePpm, taxMinor }) => ({ code, ratePpm, taxMinor })),
    );
  });

  test('numbers are never used twice, though a refund fails', async () => {
    const { orderId, lineId } = await captured();
    const lines = [{ lineId, quantity: 1 }];
    const first = await refundOrder(em(), provider, { ...key(), orderId, lines });
    await outcomes([refundOrder(em(), provider, { ...key(), orderId, lines: [{ lineId, quantity: 3 }] })]);
    const second = await refundOrder(em(), provider, { ...key(), orderId, lines });
    expect(second.number).toBeGreaterThan(first.number);
    const app = await shop().rows<{ can: boolean }>(
      `select has_column_privilege('shop_app', 'credit_note', 'number', 'insert')
         or has_sequence_privilege('shop_app', 'credit_note_number_seq', 'update') as can`,
    );
    expect(app).toEqual([{ can: false }]);
  });

  test('however an order is refunded, the notes make its total, and all money goes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([1, 1, 1], [2, 1], [1, 2], [3]),
        fc.array(fc.bigInt(1n, 250n), { maxLength: 2 }),
        fc.constantFrom<bigint[]>([chargedMinor], [1000n, chargedMinor - 1000n], [1n, 2n, chargedMinor - 3n]),
        async (units, shippings, payments) => {
          const { orderId, lineId } = await captured(payments);
          for (const quantity of units) {
            await refundOrder(em(), provider, { ...key(), orderId, lines: [{ lineId, quantity }] });
          }
          for (const grossMinor of shippings) {
            await refundOrder(em(), provider, { ...key(), orderId, shipping: { grossMinor } });
          }
          const last = await refundOrder(em(), provider, { ...key(), orderId, shipping: 'all' });
          expect(last).toMatchObject({ pendingMinor: 0n, openMinor: 0n });
          const notes = await notesOf(orderId);
          const sum = (of: 'net' | 'tax') => notes.reduce((sum, note) => sum + Number(note[of]), 0);
          expect({ net: sum('net'), tax: sum('tax') }).toEqual({ net: 2490, tax: 473 });
          expect((await moneyOf(orderId)).map(({ status }) => status)).toEqual(
            payments.map(() => 'refunded'),
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  test('of what is only authorized less is captured, and what is needed no more is voided', async () => {
    const { orderId, lineId, paymentIds } = await chargedOrder(shop(), provider, [2000n, 963n]);
    const lines = [{ lineId, quantity: 1 }];
    await cancelLines(em(), { ...key(), orderId, lines });
    // 793 of 2,963: both payments are needed.
    await refundOrder(em(), provider, { ...key(), orderId, lines });
    expect(await moneyOf(orderId)).toMatchObject([{ status: 'authorized' }, { status: 'authorized' }]);
    await cancelLines(em(), { ...key(), orderId, lines });
    await refundOrder(em(), provider, { ...key(), orderId, lines, shipping: 'all' });
    expect(await moneyOf(orderId)).toMatchObject([{ status: 'voided' }, { status: 'authorized' }]);
    const capture = { ...key(), paymentId: paymentIds[1] ?? '' };
    await expect(capturePayment(em(), provider, { ...capture, amountMinor: 794n })).rejects.toMatchObject({
      code: 'amount-exceeds-due',
      availableMinor: 793n,
    });
    await capturePayment(em(), provider, capture);
    await shipOrder(em(), { ...key(), orderId });
    expect(await moneyOf(orderId)).toMatchObject([
      { status: 'voided' },
      { status: 'captured', captured: 793 },
    ]);
  });

  test('the authorization of an order of which all was credited can be voided', async () => {
    const { orderId, lineId, paymentIds } = await chargedOrder(shop(), provider);
    const other = new InMemoryPaymentProvider('other');
    const lines = [{ lineId, quantity: 3 }];
    // Another provider has nothing to return.
    expect(await refundOrder(em(), other, { ...key(), orderId, lines, shipping: 'all' })).toMatchObject({
      grossMinor: chargedMinor,
      openMinor: chargedMinor,
    });
    await voidPayment(em(), provider, { ...key(), paymentId: paymentIds[0] ?? '' });
    expect(await moneyOf(orderId)).toMatchObject([{ status: 'voided' }]);
  });

  test('each provider returns what it has taken', async () => {
    const other = new InMemoryPaymentProvider('second');
    const { orderId, lineId } = await chargedOrder(shop(), provider, [1000n]);
    const second = await authorizePayment(em(), other, {
      ...key(),
      orderId,
      paymentMethod: 'tok',
      amountMinor: chargedMinor - 1000n,
    });
    await capturePayment(em(), other, { ...key(), paymentId: second.paymentId });
    const [first] = await shop().rows<{ id: string }>(
      `select id from payment where order_id = '${orderId}' and provider = 'memory'`,
    );
    await capturePayment(em(), provider, { ...key(), paymentId: first?.id ?? '' });
    const request = { ...key(), orderId, lines: [{ lineId, quantity: 2 }] };
    expect(await refundOrder(em(), provider, request)).toMatchObject({ grossMinor: 1587n, openMinor: 587n });
    expect(await refundOrder(em(), other, request)).toMatchObject({ grossMinor: 1587n, openMinor: 0n });
    expect(await moneyOf(orderId)).toEqual([
      { status: 'refunded', captured: 1000, refunded: 1000 },
      { status: 'captured', captured: 1963, refunded: 587 },
    ]);
    expect(await notesOf(orderId)).toHaveLength(1);
  });
});

fuzzOperation(
  'listCreditNotes',
  shop,
  sample(listCreditNotes, async () => {
    const { orderId } = await captured();
    await refundOrder(em(), provider, { ...key(), orderId, shipping: 'all' });
    return { orderId };
  }),
);

test('listCreditNotes has the lines and the taxes of each', async () => {
  const { orderId, lineId } = await captured();
  const lines = [{ lineId, quantity: 1 }];
  const first = await refundOrder(em(), provider, {
    ...key(),
    orderId,
    lines,
    shipping: 'all',
    reason: 'late',
  });
  const second = await refundOrder(em(), provider, { ...key(), orderId, lines });
  const unit = (netMinor: bigint, taxMinor: bigint) => ({
    lineId,
    quantity: 1,
    netMinor,
    taxMinor,
    grossMinor: netMinor + taxMinor,
    taxes: [{ code: 'VAT', ratePpm: 190_000, amountMinor: taxMinor }],
  });
  const shipping = { ...unit(490n, 93n), lineId: undefined, quantity: undefined };
  const issued = { actor: 'postgres', issuedAt: expect.any(Date) };
  const [note, other] = [first, second].map(({ creditNoteId, number, grossMinor }) => ({
    creditNoteId,
    number,
    grossMinor,
  }));
  expect(await listCreditNotes(em(), { orderId })).toEqual([
    {
      ...note,
      ...issued,
      netMinor: 1156n,
      taxMinor: 220n,
      reason: 'late',
      lines: [unit(666n, 127n), shipping],
    },
    { ...other, ...issued, netMinor: 668n, taxMinor: 126n, reason: undefined, lines: [unit(668n, 126n)] },
  ]);
});

describe('a provider that fails', () => {
  test.each(['lose-answer', 'lose-request', 'decline'] as const)(
    '%s: the note is issued once, and the same key returns the money once',
    async (behaviour) => {
      const own = new InMemoryPaymentProvider(`memory-${behaviour}`);
      const { orderId, lineId } = await captured([1000n, chargedMinor - 1000n], own);
      own.behave(behaviour);
      const request = { ...key(), orderId, lines: [{ lineId, quantity: 3 }] };
      const code = behaviour === 'decline' ? 'payment-declined' : 'payment-outcome-unknown';
      await expect(refundOrder(em(), own, request)).rejects.toMatchObject({ code });
      // The other payment was refunded all the same.
      expect(own.totals().refundedMinor).toBe(behaviour === 'lose-answer' ? 2380n : 1380n);
      const done = await refundOrder(em(), own, request);
      expect(done).toMatchObject({ grossMinor: 2380n, openMinor: 0n, pendingMinor: 0n });
      expect(await refundOrder(em(), own, request)).toEqual(done);
      expect(own.totals().refundedMinor).toBe(2380n);
      expect(await notesOf(orderId)).toHaveLength(1);
    },
  );

  test('what nobody sent is sent by the sweep, once the note is issued', async () => {
    const own = new InMemoryPaymentProvider('memory-crash');
    const { orderId, lineId } = await captured(undefined, own);
    own.behave('lose-request');
    const lost = refundOrder(em(), own, { ...key(), orderId, lines: [{ lineId, quantity: 1 }] });
    await expect(lost).rejects.toMatchObject({ code: 'payment-outcome-unknown' });
    expect(own.totals().refundedMinor).toBe(0n);
    await sweepPendingTransactions(em(), own, { minAgeMs: 0 });
    expect(own.totals().refundedMinor).toBe(793n);
  });

  test('what was refused is returned without the key of the credit note', async () => {
    const own = new InMemoryPaymentProvider('memory-refused');
    const { orderId, lineId } = await captured(undefined, own);
    await expect(returnMoney(em(), own, { orderId })).rejects.toMatchObject({ code: 'order-not-cancelled' });
    own.behave('decline');
    const refused = refundOrder(em(), own, { ...key(), orderId, lines: [{ lineId, quantity: 1 }] });
    await expect(refused).rejects.toMatchObject({ code: 'payment-declined' });
    expect(await returnMoney(em(), own, { orderId })).toMatchObject([{ refundedMinor: 793n }]);
    expect(await returnMoney(em(), own, { orderId })).toEqual([]);
  });

  test('what is answered later is pending until then, and not sent twice', async () => {
    const own = new InMemoryPaymentProvider('memory-later');
    const { orderId, lineId } = await captured(undefined, own);
    own.behave('answer-later');
    const request = { ...key(), orderId, lines: [{ lineId, quantity: 1 }] };
    expect(await refundOrder(em(), own, request)).toMatchObject({ pendingMinor: 793n, openMinor: 0n });
    await sweepPendingTransactions(em(), own, { minAgeMs: 0 });
    expect(await refundOrder(em(), own, request)).toMatchObject({ pendingMinor: 0n, openMinor: 0n });
    expect(own.totals().refundedMinor).toBe(793n);
  });
});

describe('at the same time', () => {
  test('refunds of the same units: one key is one note, of other keys no unit is credited twice', async () => {
    const { orderId, lineId } = await captured();
    const request = { ...key(), orderId, lines: [{ lineId, quantity: 1 }] };
    const refund = (each: OrderRefund) =>
      withRetry(em(), (em, each: OrderRefund) => refundOrder(em, provider, each), each);
    await Promise.all([refund(request), refund(request)]);
    expect(await notesOf(orderId)).toHaveLength(1);
    const codes = await outcomes(
      Array.from({ length: 4 }, () => refund({ ...key(), orderId, lines: [{ lineId, quantity: 1 }] })),
    );
    expect(codes).toEqual(['done', 'done', 'quantity-exceeded', 'quantity-exceeded']);
    expect(await moneyOf(orderId)).toEqual([{ status: 'captured', captured: 2963, refunded: 2380 }]);
  });

  test('a capture and a refund: no more is kept than the order costs', async () => {
    const { orderId, lineId, paymentIds } = await chargedOrder(shop(), provider);
    const request = { ...key(), orderId, lines: [{ lineId, quantity: 1 }] };
    await outcomes([
      capturePayment(em(), provider, { ...key(), paymentId: paymentIds[0] ?? '' }),
      refundOrder(em(), provider, request),
    ]);
    // What was captured while the note was issued goes back with the same key.
    expect(await refundOrder(em(), provider, request)).toMatchObject({ openMinor: 0n });
    const [payment] = (await moneyOf(orderId)) as { captured: number; refunded: number }[];
    expect((payment?.captured ?? 0) - (payment?.refunded ?? 0)).toBe(2170);
  });
});

const session = async () => {
  const client = new Client({ connectionString: String(shop().orm.config.get('clientUrl')) });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};
const insertNote = (orderId: string, { net, tax = 0 }: { net: number; tax?: number }) =>
  `insert into credit_note (order_id, net_minor, tax_minor) values ('${orderId}', ${net}, ${tax})`;
const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'done',
    (error: { constraint?: string; code?: string }) => error.constraint ?? String(error.code),
  );

test.each([
  { level: 'read committed', refused: 'credit_note_charged' },
  { level: 'repeatable read', refused: '40001' },
  { level: 'serializable', refused: '40001' },
])('two sessions of plain SQL do not credit more than the total, at $level', async ({ level, refused }) => {
  const { orderId, lineId } = await captured();
  const [one, other] = [await session(), await session()];
  for (const client of [one, other])
    await client.query(`begin isolation level ${level}; select from sales_order`);
  await one.query(insertNote(orderId, { net: 2000 }));
  const second = codeOf(other.query(insertNote(orderId, { net: 2000 })));
  await waitForLocks(await superuser(shop()), 1);
  await one.query(`insert into credit_note_line (credit_note_id, order_line_id, quantity, net_minor, tax_minor)
    select id, '${lineId}', 1, 2000, 0 from credit_note where order_id = '${orderId}'`);
  await one.query('commit');
  expect(await second).toBe(refused);
  await other.query('rollback');
});

test('the database refuses a credit note that is not what it says', async () => {
  const { orderId, lineId } = await captured();
  const other = await captured();
  const client = await session();
  const creditNote = `(select id from credit_note where order_id = '${orderId}')`;
  const insertLine = (line: string, { quantity = 'null', net = 1, tax = 0 }) =>
    `insert into credit_note_line (credit_note_id, order_line_id, quantity, net_minor, tax_minor)
     values (${creditNote}, ${line}, ${quantity}, ${net}, ${tax})`;
  const note = insertNote(orderId, { net: 1 });
  for (const { sql, refusedBy } of [
    { sql: insertNote(orderId, { net: Number(chargedMinor) + 1 }), refusedBy: 'credit_note_charged' },
    { sql: note, refusedBy: 'credit_note_sums' },
    { sql: `${note}; ${insertLine('null', { net: 2 })}`, refusedBy: 'credit_note_line_issued' },
    { sql: `${note}; ${insertLine(`'${lineId}'`, { quantity: '4' })}`, refusedBy: 'credit_note_line_issued' },
    {
      sql: `${note}; ${insertLine(`'${other.lineId}'`, { quantity: '1' })}`,
      refusedBy: 'credit_note_line_issued',
    },
    {
      sql: `${insertNote(orderId, { net: 0, tax: 1 })}; ${insertLine('null', { net: 0, tax: 1 })}`,
      refusedBy: 'credit_note_sums',
    },
    {
      sql: `${insertNote(orderId, { net: 0, tax: 474 })}; ${insertLine('null', { net: 0, tax: 474 })};
        insert into credit_note_tax select id, 'VAT', 474 from credit_note_line where credit_note_id = ${creditNote}`,
      refusedBy: 'credit_note_tax_issued',
    },
    { sql: `update order_credit set credited_minor = 0`, refusedBy: '42501' },
    { sql: `delete from credit_note`, refusedBy: '42501' },
  ]) {
    expect({ sql, refusedBy: await refusal(client, sql) }).toEqual({ sql, refusedBy });
  }
  await client.query(`begin; ${insertNote(orderId, { net: 1 })}; ${insertLine('null', { net: 1 })}; commit`);
  expect(await refusal(client, insertLine('null', { net: 0 }))).toBe('credit_note_line_issued');
  const tax = `insert into credit_note_tax select id, 'VAT', 1 from credit_note_line where credit_note_id = ${creditNote}`;
  expect(await refusal(client, tax)).toBe('credit_note_tax_issued');
  const owner = await superuser(shop());
  expect(await refusal(owner, `update credit_note set net_minor = 0`)).toBe('23001');
  const unpaid = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  expect(await refusal(client, insertNote(unpaid.orderId, { net: 0 }))).toBe('credit_note_charged');
});

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expectInvariants,
  expireHoldsOf,
  key,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
} from '../../../test/placed-order.ts';
import {
  authorizePayment,
  cancelOrder,
  capturePayment,
  expireHolds,
  handleWebhook,
  type PaymentProvider,
  type ProviderTransaction,
  readPayoutFile,
  reconcilePayments,
  refundPayment,
  returnMoney,
  sweepPendingTransactions,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

/** An order of 30.00 EUR that is paid, and what its provider calls the payment. */
async function paidOrder({ isCaptured = true } = {}) {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const order = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 3)]: 3 });
  const { paymentId } = order;
  if (isCaptured) await capturePayment(em(), provider, { ...key(), paymentId });
  const [row] = await shop().rows<{ reference: string }>(
    `select provider_reference as reference from payment where id = '${paymentId}'`,
  );
  const paymentReference = row?.reference ?? '';
  const happens = (kind: ProviderTransaction['kind'], amountMinor: bigint, more = {}) =>
    provider.happens({
      kind,
      reference: randomUUID(),
      paymentReference,
      amountMinor,
      currencyCode: 'EUR',
      ...more,
    });
  return { ...order, provider, paymentReference, happens };
}

const paymentOf = async (paymentId: string) => {
  const [row] = await shop()
    .rows(`select status, captured_minor::int as captured, refunded_minor::int as refunded,
      disputed_minor::int as disputed, (select count(*)::int from payment_transaction t
        where t.payment_id = payment.id and t.status = 'pending') as waiting
    from payment where id = '${paymentId}'`);
  return row;
};

const captured = { status: 'captured', captured: 3000, refunded: 0, disputed: 0, waiting: 0 };

test('a refund in the dashboard is booked once, however often and by whatever event it is told', async () => {
  const { provider, paymentId, happens, orderId } = await paidOrder();
  const reference = randomUUID();
  const [one, other] = [happens('refund', 1000n, { reference }), happens('refund', 1000n, { reference })];
  await Promise.all([one, other, one, other].map((each) => handleWebhook(em(), provider, each)));
  expect(await paymentOf(paymentId)).toEqual({ ...captured, refunded: 1000 });
  await expect(
    refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 2001n }),
  ).rejects.toMatchObject({ code: 'amount-exceeds-captured', availableMinor: 2000n });
  expect(
    await shop().rows(`select topic, payload->'isExternal' as external from outbox_event
      where aggregate_id = '${orderId}' and topic = 'payment.refunded'`),
  ).toEqual([{ topic: 'payment.refunded', external: true }]);
  const changed = happens('refund', 999n, { reference });
  expect(await outcomes([handleWebhook(em(), provider, changed)])).toEqual(['idempotency-conflict']);
});

test('a chargeback holds money back that can be refunded no more, until it is reversed', async () => {
  const { provider, paymentId, happens } = await paidOrder();
  await handleWebhook(em(), provider, happens('dispute', 2500n));
  expect(await paymentOf(paymentId)).toEqual({ ...captured, disputed: 2500 });
  const refund = (amountMinor: bigint) => refundPayment(em(), provider, { ...key(), paymentId, amountMinor });
  await expect(refund(501n)).rejects.toMatchObject({ availableMinor: 500n });
  await handleWebhook(em(), provider, happens('dispute_reversal', 2500n));
  expect(await refund(3000n)).toMatchObject({ status: 'refunded' });
});

test('what a dispute holds back covers no pending order, until it is won', async () => {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  const pay = (amountMinor: bigint) =>
    authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
  const { paymentId } = await pay(1000n);
  await capturePayment(em(), provider, { ...key(), paymentId });
  const [payment] = await shop().rows<{ reference: string }>(
    `select provider_reference as reference from payment where id = '${paymentId}'`,
  );
  const happens = (kind: ProviderTransaction['kind']) =>
    provider.happens({
      kind,
      reference: randomUUID(),
      paymentReference: payment?.reference ?? '',
      amountMinor: 1000n,
      currencyCode: 'EUR',
    });
  await handleWebhook(em(), provider, happens('dispute'));
  expect(await pay(2000n)).toMatchObject({ orderStatus: 'pending' });
  const confirm = shop().rows(`update sales_order set status = 'confirmed' where id = '${orderId}'`);
  await expect(confirm).rejects.toThrow(/cover 2000 of 3000/);
  await handleWebhook(em(), provider, happens('dispute_reversal'));
  expect(await shop().rows(`select status from sales_order where id = '${orderId}'`)).toEqual([
    { status: 'confirmed' },
  ]);
  await expectInvariants(shop());
});

test('the money of a cancelled order is not returned where a dispute has taken it', async () => {
  const { provider, orderId, happens } = await paidOrder();
  await cancelOrder(em(), { orderId });
  await handleWebhook(em(), provider, happens('dispute', 3500n));
  expect(await returnMoney(em(), provider, { orderId })).toEqual([]);
});

test.each([0, 1, 2, 3, 4, 5])('what is done in the dashboard adds up in any order (%i)', async (seed) => {
  const { provider, paymentId, happens } = await paidOrder({ isCaptured: false });
  const deliveries = [
    happens('capture', 3000n),
    happens('refund', 3000n),
    happens('refund_reversal', 500n),
    happens('dispute', 700n),
    happens('dispute_reversal', 700n),
  ];
  const shuffled = deliveries.map(
    (_, index) => deliveries[(index * (1 + (seed % 4)) + seed) % 5] ?? deliveries[0],
  );
  for (const each of [...shuffled, ...shuffled.toReversed()]) {
    if (each !== undefined) await handleWebhook(em(), provider, each);
  }
  expect(await paymentOf(paymentId)).toEqual({ ...captured, refunded: 2500 });
  await expectInvariants(shop());
});

test('a report without our key, of a request whose answer was lost, is not booked twice', async () => {
  const { provider, paymentId, happens } = await paidOrder();
  provider.behave('lose-answer', 'lose-answer');
  const refund = { ...key(), paymentId, amountMinor: 1000n };
  expect(await outcomes([refundPayment(em(), provider, refund)])).toEqual(['payment-outcome-unknown']);
  const answer = await provider.find(refund.idempotencyKey);
  if (answer?.status !== 'succeeded') throw new Error('no answer');
  await handleWebhook(em(), provider, happens('refund', 1000n, { reference: answer.reference }));
  expect(await paymentOf(paymentId)).toEqual({ ...captured, waiting: 2 });
  await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
  expect(await paymentOf(paymentId)).toEqual({ ...captured, refunded: 1000 });
});

test('a report of our own capture is no refusal: the rest of the authorization still covers the order', async () => {
  const { provider, paymentId, orderId, happens } = await paidOrder({ isCaptured: false });
  provider.behave('lose-answer');
  const capture = { ...key(), paymentId, amountMinor: 1000n };
  expect(await outcomes([capturePayment(em(), provider, capture)])).toEqual(['payment-outcome-unknown']);
  const answer = await provider.find(capture.idempotencyKey);
  if (answer?.status !== 'succeeded') throw new Error('no answer');
  await handleWebhook(em(), provider, happens('capture', 1000n, { reference: answer.reference }));
  await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
  expect(await paymentOf(paymentId)).toEqual({ ...captured, captured: 1000 });
  const another = { ...key(), orderId, paymentMethod: 'tok', amountMinor: 1n };
  expect(await outcomes([authorizePayment(em(), provider, another)])).toEqual(['illegal-transition']);
});

test.each([
  { what: 'less', doneMinor: 800n },
  { what: 'more', doneMinor: 1200n },
])('a capture of $what than was asked is booked as it was done', async ({ doneMinor }) => {
  const { provider, paymentId } = await paidOrder({ isCaptured: false });
  provider.behave('lose-request');
  const capture = { ...key(), paymentId, amountMinor: 1000n };
  expect(await outcomes([capturePayment(em(), provider, capture)])).toEqual(['payment-outcome-unknown']);
  const event = provider.sign({
    type: 'outcome',
    eventId: randomUUID(),
    idempotencyKey: capture.idempotencyKey,
    outcome: { status: 'succeeded', reference: 'other-amount', amountMinor: doneMinor },
  });
  for (let time = 0; time < 2; time++) await handleWebhook(em(), provider, event);
  expect(await paymentOf(paymentId)).toEqual({ ...captured, captured: Number(doneMinor) });
  const transactions = [
    { kind: 'capture' as const, reference: 'other-amount', amountMinor: doneMinor, currencyCode: 'EUR' },
  ];
  expect(await reconcilePayments(em(), { provider: provider.name, transactions })).toEqual([]);
  await expectInvariants(shop());
});

test('what succeeds after it was given up, and a refund that fails late, are booked', async () => {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  provider.behave('lose-request');
  const request = { ...key(), orderId, paymentMethod: 'tok_1' };
  await outcomes([authorizePayment(em(), provider, request)]);
  await sweepPendingTransactions(em(), provider, { minAgeMs: 0, abandonAgeMs: 0 });
  const tell = async (idempotencyKey: string, outcome: { status: 'succeeded' } | { status: 'failed' }) => {
    const told =
      outcome.status === 'succeeded'
        ? ({ status: 'succeeded', reference: randomUUID() } as const)
        : ({ status: 'failed', reason: 'account_closed' } as const);
    const event = { type: 'outcome', eventId: randomUUID(), idempotencyKey, outcome: told } as const;
    return await handleWebhook(em(), provider, provider.sign(event));
  };
  // It was on its way for longer than anybody thought.
  const late = await provider.submit({
    kind: 'authorize',
    idempotencyKey: request.idempotencyKey,
    amountMinor: 3000n,
    currencyCode: 'EUR',
    paymentMethod: 'tok_1',
  });
  expect(late.status).toBe('succeeded');
  for (const event of provider.webhooks) await handleWebhook(em(), provider, event);
  const [row] = await shop().rows<{ id: string; status: string; order: string }>(
    `select p.id, p.status, o.status as "order" from payment p join sales_order o on o.id = p.order_id
     where o.id = '${orderId}'`,
  );
  expect(row).toMatchObject({ status: 'authorized', order: 'confirmed' });
  const paymentId = row?.id ?? '';
  await capturePayment(em(), provider, { ...key(), paymentId });
  const refund = key();
  await refundPayment(em(), provider, { ...refund, paymentId });
  expect(await paymentOf(paymentId)).toMatchObject({ status: 'refunded' });
  await tell(refund.idempotencyKey, { status: 'failed' });
  await tell(refund.idempotencyKey, { status: 'failed' });
  expect(await paymentOf(paymentId)).toEqual(captured);
});

test('what comes before the answer to its authorization is found by its key, waits, and holds no stock', async () => {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  provider.behave('lose-request');
  const request = { ...key(), orderId, paymentMethod: 'tok_1' };
  await outcomes([authorizePayment(em(), provider, request)]);
  const early = provider.happens({
    kind: 'refund',
    reference: randomUUID(),
    paymentReference: randomUUID(),
    paymentKey: request.idempotencyKey,
    amountMinor: 100n,
    currencyCode: 'EUR',
  });
  expect(await handleWebhook(em(), provider, early)).toEqual({ unmatched: [] });
  await sweepPendingTransactions(em(), provider, { minAgeMs: 0, abandonAgeMs: 0 });
  await expireHoldsOf(shop(), orderId);
  expect(await expireHolds(em())).toContain(orderId);
});

test('the longest names that a provider may give are booked', async () => {
  const provider = new InMemoryPaymentProvider('p'.repeat(100));
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  const longest = (digit: string) => randomUUID().padEnd(255, digit);
  const paymentReference = longest('1');
  const succeeded = async (reference: string, amountMinor: bigint) =>
    ({ status: 'succeeded', reference, amountMinor }) as const;
  const authorizing: PaymentProvider = Object.assign(Object.create(provider), {
    submit: () => succeeded(paymentReference, 3000n),
  });
  const { paymentId } = await authorizePayment(em(), authorizing, {
    ...key(),
    orderId,
    paymentMethod: 'tok',
  });
  const capturing: PaymentProvider = Object.assign(Object.create(provider), {
    submit: () => succeeded(longest('2'), 1001n),
  });
  await capturePayment(em(), capturing, { ...key(), paymentId, amountMinor: 1000n });
  expect(await paymentOf(paymentId)).toEqual({ ...captured, captured: 1001 });
  const reference = longest('3');
  const reversal = provider.sign({
    type: 'transaction',
    eventId: randomUUID().padEnd(200, '4'),
    transaction: { kind: 'dispute', reference, paymentReference, amountMinor: 500n, currencyCode: 'EUR' },
  });
  await handleWebhook(em(), provider, reversal);
  expect(await paymentOf(paymentId)).toEqual({ ...captured, captured: 1001, disputed: 500 });
  const { idempotencyKey } = key();
  provider.behave('answer-later');
  await refundPayment(em(), provider, { idempotencyKey, paymentId, amountMinor: 100n });
  const outcome = { status: 'succeeded', reference: longest('5') } as const;
  const told = provider.sign({ type: 'outcome', eventId: 'e'.repeat(200), idempotencyKey, outcome });
  expect(await handleWebhook(em(), provider, told)).toEqual({ unmatched: [] });
  await expectInvariants(shop());
});

test('what is no payment of this shop is handed back; another currency is refused', async () => {
  const { provider, paymentId, happens } = await paidOrder();
  const foreign = happens('refund', 100n, { paymentReference: randomUUID() });
  expect((await handleWebhook(em(), provider, foreign)).unmatched).toHaveLength(1);
  const dollars = happens('refund', 100n, { currencyCode: 'USD' });
  expect(await outcomes([handleWebhook(em(), provider, dollars)])).toEqual(['payment-currency-mismatch']);
  const forged = { ...happens('refund', 100n), headers: {} };
  expect(await outcomes([handleWebhook(em(), provider, forged)])).toEqual(['webhook-signature-mismatch']);
  expect(await paymentOf(paymentId)).toEqual(captured);
});

test('each difference between the books and a payout file is named', async () => {
  const { provider, paymentId, happens } = await paidOrder();
  const refunds = { right: randomUUID(), wrong: randomUUID(), waiting: randomUUID(), unlisted: randomUUID() };
  for (const reference of [refunds.right, refunds.wrong, refunds.unlisted]) {
    await handleWebhook(em(), provider, happens('refund', 100n, { reference }));
  }
  // More than is left: it waits.
  await handleWebhook(em(), provider, happens('refund', 2900n, { reference: refunds.waiting }));
  const [capture] = await shop().rows<{ reference: string }>(
    `select provider_reference as reference from payment_transaction
     where payment_id = '${paymentId}' and kind = 'capture'`,
  );
  const file =
    readPayoutFile(`automatic_payout_id,balance_transaction_id,created,available_on,currency,gross,fee,net,reporting_category
po_1,${capture?.reference},2026-11-30,2026-12-02,eur,30.00,0.90,29.10,charge
po_1,${refunds.right},2026-11-30,2026-12-02,eur,-1.00,0.00,-1.00,refund
po_1,${refunds.wrong},2026-11-30,2026-12-02,eur,-1.01,0.00,-1.01,refund
po_1,${refunds.waiting},2026-11-30,2026-12-02,eur,-29.00,0.00,-29.00,refund
po_1,dp_1,2026-11-30,2026-12-02,eur,-5.00,15.00,-20.00,dispute
po_1,dp_1,2026-11-30,2026-12-02,eur,-5.00,15.00,-20.00,dispute
po_1,fee_1,2026-11-30,2026-12-02,eur,0.00,0.25,-0.25,fee
`);
  expect(file.netMinor).toEqual({ EUR: -4216n });
  expect(file.others).toMatchObject([{ category: 'fee', netMinor: -25n }]);
  const period = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) };
  const request = { provider: provider.name, transactions: file.transactions };
  const found = await reconcilePayments(em(), { ...request, period });
  expect(found.map(({ difference, reference }) => [difference, reference]).toSorted()).toEqual(
    [
      ['amount-differs', refunds.wrong],
      ['missing-at-provider', refunds.unlisted],
      ['missing-here', 'dp_1'],
      ['not-booked-yet', refunds.waiting],
    ].toSorted(),
  );
  expect(found.find(({ reference }) => reference === refunds.wrong)).toMatchObject({
    kind: 'refund',
    paymentId,
    bookedMinor: 100n,
    listedMinor: 101n,
  });
  // Without a period, what is not listed is not looked at.
  expect((await reconcilePayments(em(), request)).map((each) => each.difference)).not.toContain(
    'missing-at-provider',
  );
});

test('a currency that differs and a reference that is listed twice are named', async () => {
  const { provider, happens } = await paidOrder();
  const [one, other] = [randomUUID(), randomUUID()];
  for (const reference of [one, other])
    await handleWebhook(em(), provider, happens('refund', 100n, { reference }));
  const refund = { kind: 'refund', amountMinor: 100n, currencyCode: 'EUR' } as const;
  const transactions = [
    { ...refund, reference: one, currencyCode: 'USD' },
    { ...refund, reference: other },
    { ...refund, reference: other },
  ];
  const found = await reconcilePayments(em(), { provider: provider.name, transactions });
  expect(found.map(({ difference }) => difference).toSorted()).toEqual(['currency-differs', 'listed-twice']);
});

test.each([
  { status: 'confirmed', told: [{ minor: '3000' }] },
  { status: 'cancelled', told: [] },
])(
  'a void at the provider is told where it takes the cover of an order to be shipped: $status',
  async (each) => {
    const { provider, orderId, happens, paymentReference } = await paidOrder({ isCaptured: false });
    if (each.status === 'cancelled') await cancelOrder(em(), { orderId });
    const voided = happens('void', 0n, { reference: paymentReference });
    for (let count = 0; count < 2; count++) await handleWebhook(em(), provider, voided);
    expect(
      await shop().rows(`select payload->>'uncoveredMinor' as minor from outbox_event
      where aggregate_id = '${orderId}' and topic = 'order.uncovered'`),
    ).toEqual(each.told);
    if (each.status === 'cancelled') return;
    // Until it is paid again, it is a finding of the checks.
    await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor: 3000n });
  },
);

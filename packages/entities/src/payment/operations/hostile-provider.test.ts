import { randomUUID } from 'node:crypto';
import { type EntityManager, IsolationLevel, MikroORM } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expectInvariants,
  expireHoldsOf,
  key,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  superuser,
} from '../../../test/placed-order.ts';
import {
  authorizePayment,
  cancelOrder,
  capturePayment,
  expireHolds,
  handleWebhook,
  type PaymentProvider,
  type ProviderAnswer,
  type ProviderEvent,
  type ProviderTransaction,
  refundPayment,
  returnMoney,
  sweepPendingTransactions,
  voidPayment,
  type WebhookDelivery,
  withRetry,
} from '../../index.ts';
import { ormOptions } from '../../orm-options.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

const now = { minAgeMs: 0, abandonAgeMs: 0, authorizationMaxAgeMs: 0 };

/** A provider that answers everything so, whatever the types say. */
function answering(answer: () => unknown): PaymentProvider {
  const always = async () => answer() as ProviderAnswer;
  return { name: randomUUID(), submit: always, find: always, cancel: always, parseWebhook: async () => [] };
}

async function pending() {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  return { ...key(), orderId, paymentMethod: 'tok_1' };
}

const oddAnswers: { what: string; answer: unknown }[] = [
  { what: 'nothing', answer: undefined },
  { what: 'null', answer: null },
  { what: 'a string', answer: 'succeeded' },
  { what: 'a status that there is not', answer: { status: 'done', reference: 'r' } },
  { what: 'no reference', answer: { status: 'succeeded' } },
  { what: 'a number for a reference', answer: { status: 'succeeded', reference: 7 } },
  { what: 'an empty reference', answer: { status: 'succeeded', reference: '' } },
  { what: 'a reference over the bound', answer: { status: 'succeeded', reference: 'x'.repeat(256) } },
  { what: 'a reference with a NUL', answer: { status: 'succeeded', reference: 'x\0' } },
  { what: 'a number for an amount', answer: { status: 'succeeded', reference: 'r1', amountMinor: 3000 } },
  { what: 'a negative amount', answer: { status: 'succeeded', reference: 'r2', amountMinor: -1n } },
  { what: 'no amount', answer: { status: 'succeeded', reference: 'r3', amountMinor: 0n } },
  { what: 'a huge amount', answer: { status: 'succeeded', reference: 'r4', amountMinor: 2n ** 70n } },
  { what: 'no reason', answer: { status: 'failed' } },
  { what: 'an object for a reason', answer: { status: 'failed', reason: { code: 1 } } },
  { what: 'an action without one', answer: { status: 'requires_action' } },
  { what: 'an action of no kind', answer: { status: 'requires_action', action: { url: 'https://x' } } },
];

test.each(oddAnswers)('an adapter that answers $what holds no stock for ever', async ({ answer }) => {
  const request = await pending();
  const provider = answering(() => answer);
  const [code] = await outcomes([authorizePayment(em(), provider, request)]);
  expect(code).toMatch(/^payment-/);
  const report = await sweepPendingTransactions(em(), provider, now);
  await expireHoldsOf(shop(), request.orderId);
  expect({ code, report, expired: (await expireHolds(em())).includes(request.orderId) }).toMatchObject({
    expired: true,
  });
});

test('a provider that never answers again holds no stock for ever', async () => {
  const request = await pending();
  const provider = new InMemoryPaymentProvider(randomUUID());
  provider.behave('answer-later');
  await authorizePayment(em(), provider, request);
  await expireHoldsOf(shop(), request.orderId);
  expect(await expireHolds(em())).not.toContain(request.orderId);
  await longAgo(request.idempotencyKey);
  expect(await expireHolds(em())).toContain(request.orderId);
  // It was authorized after all.
  for (const each of provider.webhooks) await handleWebhook(em(), provider, each);
  expect(await returnMoney(em(), provider, { orderId: request.orderId })).toMatchObject([
    { status: 'voided' },
  ]);
});

test('an authorization with the reference of another payment holds no stock, and takes nothing from that', async () => {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const first = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 3)]: 3 });
  const reference = await referenceOf(first.paymentId);
  const odd = Object.assign(
    answering(() => ({ status: 'succeeded', reference })),
    { name: provider.name },
  );
  const request = await pending();
  expect(await outcomes([authorizePayment(em(), odd, request)])).toEqual(['payment-outcome-conflict']);
  expect(await sweepPendingTransactions(em(), odd, now)).toMatchObject({ failed: 1, errors: [{}] });
  await expireHoldsOf(shop(), request.orderId);
  expect(await expireHolds(em())).toContain(request.orderId);
  const event = { type: 'outcome', eventId: randomUUID(), idempotencyKey: request.idempotencyKey } as const;
  const told = provider.sign({ ...event, outcome: { status: 'succeeded', reference } });
  expect(await outcomes([handleWebhook(em(), provider, told)])).toEqual(['payment-outcome-conflict']);
  expect(await stateOf(first.paymentId)).toMatchObject({ status: 'authorized', authorized: 3000 });
});

test.each(['external:x:refund:y', 'surplus:', 'return:', 'excess:'])(
  'a key of a buyer is none of ours (%s)',
  async (prefix) => {
    const provider = new InMemoryPaymentProvider(randomUUID());
    const request = await pending();
    const { paymentId } = await authorizePayment(em(), provider, request);
    const idempotencyKey = `${prefix}${paymentId}`;
    const keyed = { idempotencyKey, paymentId };
    expect(
      await outcomes([
        authorizePayment(em(), provider, { ...request, idempotencyKey }),
        capturePayment(em(), provider, keyed),
        voidPayment(em(), provider, keyed),
        refundPayment(em(), provider, keyed),
      ]),
    ).toEqual(Array(4).fill('invalid-input'));
  },
);

/** A captured payment of 30.00 EUR, and what its provider calls it. */
async function captured(provider = new InMemoryPaymentProvider(randomUUID())) {
  const order = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 3)]: 3 });
  await capturePayment(em(), provider, { ...key(), paymentId: order.paymentId });
  const paymentReference = await referenceOf(order.paymentId);
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

async function referenceOf(paymentId: string): Promise<string> {
  const [row] = await shop().rows<{ reference: string }>(
    `select provider_reference as reference from payment where id = '${paymentId}'`,
  );
  return row?.reference ?? '';
}

async function longAgo(idempotencyKey: string): Promise<void> {
  const owner = await superuser(shop());
  await owner.query(`update payment_transaction set created_at = now() - interval '8 days'
    where idempotency_key = '${idempotencyKey}'`);
}

const stateOf = async (paymentId: string) => {
  const [row] = await shop()
    .rows(`select status, authorized_minor::int as authorized, captured_minor::int as captured,
      refunded_minor::int as refunded, disputed_minor::int as disputed from payment where id = '${paymentId}'`);
  return row;
};

const levels = ['read committed', 'repeatable read', 'serializable'];

test.each(levels)('a storm of webhooks from 8 sessions at %s adds up', async (level) => {
  const { provider, paymentId, happens } = await captured();
  const reference = randomUUID();
  const deliveries = [
    ...provider.webhooks,
    happens('refund', 500n, { reference }),
    happens('refund', 500n, { reference }),
    happens('refund', 400n),
    happens('refund_reversal', 500n, { reference }),
    happens('dispute', 2000n),
    happens('dispute_reversal', 2000n),
    happens('dispute', 300n),
  ];
  const orm = await sessionsAt(level);
  const refund = refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 100n });
  const storm = Array.from({ length: 8 }, async (_, session) => {
    const shuffled = deliveries.map((_, index) => deliveries[(index * 3 + session * 5) % deliveries.length]);
    for (const each of [...shuffled, ...shuffled]) {
      if (each === undefined) continue;
      await withRetry(orm.em.fork(), (em) => handleWebhook(em, provider, each), {}, { attempts: 60 });
    }
  });
  await Promise.all([...storm, outcomes([refund])]);
  const { refunded } = { refunded: 0, ...(await stateOf(paymentId)) };
  // The refund may have been refused while all was disputed.
  expect([400, 500]).toContain(refunded);
  expect(await stateOf(paymentId)).toEqual({
    status: 'captured',
    authorized: 3000,
    captured: 3000,
    refunded,
    disputed: 300,
  });
  await expectInvariants(shop());
});

test('a dispute at repeatable read does not pass by a reversal that came since its snapshot', async () => {
  const { provider, paymentId, happens } = await captured();
  const deliver = (em: EntityManager, delivery: WebhookDelivery) => handleWebhook(em, provider, delivery);
  const [dispute, reversal] = [happens('dispute', 2000n), happens('dispute_reversal', 2000n)];
  const late = em().transactional(
    async (late) => {
      await late.execute('select from payment');
      await deliver(em(), reversal);
      await deliver(late, dispute);
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ },
  );
  await expect(late).rejects.toMatchObject({ code: '40001' });
  await deliver(em(), dispute);
  expect(await stateOf(paymentId)).toMatchObject({ disputed: 0 });
});

async function sessionsAt(level: string): Promise<MikroORM> {
  const url = new URL(String(shop().orm.config.get('clientUrl')));
  const options = url.searchParams.get('options') ?? '';
  url.searchParams.set('options', `${options} -c default_transaction_isolation=${level.replace(' ', '\\ ')}`);
  const orm = await MikroORM.init({ ...ormOptions({ url: url.href }), pool: { max: 8 } });
  onTestFinished(() => orm.close());
  return orm;
}

test('what reports no amount changes none, and is not sent for ever', async () => {
  const { provider, paymentId, happens } = await captured();
  for (const kind of [
    'refund',
    'dispute',
    'capture',
    'dispute_reversal',
    'refund_reversal',
    'authorize',
  ] as const) {
    await handleWebhook(em(), provider, happens(kind, 0n));
  }
  expect(await stateOf(paymentId)).toEqual({
    status: 'captured',
    authorized: 3000,
    captured: 3000,
    refunded: 0,
    disputed: 0,
  });
  const other = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 3)]: 3 });
  await cancelOrder(em(), { orderId: other.orderId });
  await handleWebhook(
    em(),
    provider,
    happens('void', 0n, { paymentReference: await referenceOf(other.paymentId) }),
  );
  expect(await stateOf(other.paymentId)).toMatchObject({ status: 'voided' });
});

test('a poisoned event keeps no other one of its delivery from being booked', async () => {
  const { provider, paymentId, paymentReference } = await captured();
  const refund = (amountMinor: unknown, currencyCode = 'EUR') => ({
    type: 'transaction',
    eventId: randomUUID(),
    transaction: { kind: 'refund', reference: randomUUID(), paymentReference, amountMinor, currencyCode },
  });
  const events: unknown[] = [
    null,
    7,
    {},
    refund(-1n),
    refund(2n ** 70n),
    refund(100),
    refund(100n, 'USD'),
    refund(100n),
  ];
  const batch: PaymentProvider = Object.assign(Object.create(provider), {
    parseWebhook: async () => events as ProviderEvent[],
  });
  expect(await outcomes([handleWebhook(em(), batch, { body: '', headers: {} })])).toEqual(['invalid-input']);
  expect(await stateOf(paymentId)).toMatchObject({ refunded: 100 });
  for (const events of [undefined, null, 'x', {}]) {
    Object.assign(batch, { parseWebhook: async () => events });
    expect(await outcomes([handleWebhook(em(), batch, { body: '', headers: {} })])).toEqual([
      'invalid-input',
    ]);
  }
});

test('a signature is of all bytes, and of this provider', async () => {
  const { provider, happens } = await captured();
  const signed = happens('refund', 100n);
  const { 'memory-signature': signature = '' } = signed.headers;
  const forged = [
    { ...signed, body: `${signed.body} ` },
    { ...signed, headers: { 'memory-signature': signature.toUpperCase() } },
    { ...signed, headers: { 'memory-signature': signature.slice(0, -1) } },
    { ...signed, headers: { 'memory-signature': `${signature}\0` } },
    new InMemoryPaymentProvider(provider.name).happens({
      kind: 'refund',
      reference: 'r',
      paymentReference: 'p',
      amountMinor: 1n,
      currencyCode: 'EUR',
    }),
  ];
  expect(await outcomes(forged.map((each) => handleWebhook(em(), provider, each)))).toEqual(
    forged.map(() => 'webhook-signature-mismatch'),
  );
});

test('outcomes that contradict each other change nothing, or are booked once', async () => {
  const provider = new InMemoryPaymentProvider(randomUUID());
  const request = await pending();
  const { paymentId } = await authorizePayment(em(), provider, request);
  const tell = (idempotencyKey: string, outcome: object) =>
    handleWebhook(
      em(),
      provider,
      provider.sign({ type: 'outcome', eventId: randomUUID(), idempotencyKey, outcome } as ProviderEvent),
    );
  const { idempotencyKey } = request;
  // Failure after success.
  expect(await outcomes([tell(idempotencyKey, { status: 'failed', reason: 'x' })])).toEqual(['done']);
  // The same success with another reference or amount.
  await tell(idempotencyKey, { status: 'succeeded', reference: 'another', amountMinor: 1n });
  expect(await stateOf(paymentId)).toMatchObject({ status: 'authorized', authorized: 3000 });
  await cancelOrder(em(), { orderId: request.orderId });
  const voided = key();
  await voidPayment(em(), provider, { ...voided, paymentId });
  // A late success after the void.
  await tell(idempotencyKey, { status: 'succeeded', reference: 'late' });
  expect(await outcomes([tell(voided.idempotencyKey, { status: 'failed', reason: 'x' })])).toEqual(['done']);
  expect(await stateOf(paymentId)).toMatchObject({ status: 'voided' });
});

test('a dispute that is won after the buyer has paid again takes no more than the total, or is told', async () => {
  const { provider, orderId, happens } = await captured();
  await handleWebhook(em(), provider, happens('dispute', 3000n));
  const again = () =>
    authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok_2', amountMinor: 3000n });
  const { paymentId: second } = await again();
  await handleWebhook(em(), provider, happens('dispute_reversal', 3000n));
  // Not captured yet: it is given up.
  expect(await sweepPendingTransactions(em(), provider, { minAgeMs: 0 })).toMatchObject({ succeeded: 1 });
  expect(await stateOf(second)).toMatchObject({ status: 'voided' });
  await handleWebhook(em(), provider, happens('dispute', 2000n));
  const third = { ...key(), orderId, paymentMethod: 'tok_3', amountMinor: 2000n };
  const { paymentId } = await authorizePayment(em(), provider, third);
  await capturePayment(em(), provider, { ...key(), paymentId });
  const won = happens('dispute_reversal', 2000n);
  for (let time = 0; time < 2; time++) await handleWebhook(em(), provider, won);
  expect(
    await shop().rows(`select payload->>'overpaidMinor' as minor from outbox_event
      where aggregate_id = '${orderId}' and topic = 'order.overpaid'`),
  ).toEqual([{ minor: '2000' }]);
  await refundPayment(em(), provider, { ...key(), paymentId });
  await expectInvariants(shop());
});

test('a dispute that is lost, and one that is opened again, are what they hold back', async () => {
  const { provider, paymentId, happens } = await captured();
  const [first, second] = [randomUUID(), randomUUID()];
  for (const each of [
    happens('dispute', 1000n, { reference: first }),
    happens('dispute_reversal', 1000n, { reference: first }),
    happens('dispute', 1500n, { reference: second }),
    happens('dispute_reversal', 900n, { reference: second }),
  ]) {
    await handleWebhook(em(), provider, each);
  }
  expect(await stateOf(paymentId)).toMatchObject({ status: 'captured', disputed: 600 });
  expect(
    await outcomes([refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 2401n })]),
  ).toEqual(['amount-exceeds-captured']);
});

import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expireHoldsOf,
  key,
  outcomes,
  placeOrder,
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
  type WebhookDelivery,
  refundPayment,
  returnMoney,
  sweepPendingTransactions,
} from '../../index.ts';
import { InMemoryPaymentProvider, type ProviderBehaviour } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

async function pending() {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 10)]: 3 });
  return { ...key(), orderId, paymentMethod: 'tok_1' };
}

const stateOf = async (orderId: string) =>
  await shop().rows(`select o.status as "order", p.status, p.authorized_minor as authorized,
      p.captured_minor as captured, p.refunded_minor as refunded
    from sales_order o left join payment p on p.order_id = o.id where o.id = '${orderId}'`);

const authorized = {
  order: 'confirmed',
  status: 'authorized',
  authorized: '3000',
  captured: '0',
  refunded: '0',
};

/** A provider of its own name: its sweep looks at nothing of other tests. */
const newProvider = () => new InMemoryPaymentProvider(randomUUID());

const now = { minAgeMs: 0 };

/** A provider that answers everything so. */
function answeringWith(answer: ProviderAnswer): PaymentProvider {
  const always = async () => answer;
  return { name: randomUUID(), submit: always, find: always, cancel: always, parseWebhook: async () => [] };
}

test('what a provider says about a refusal is recorded as far as it can be', async () => {
  const reason = `declined\0 \ud800${'x'.repeat(2000)}`;
  const request = await pending();
  const provider = answeringWith({ status: 'failed', reason });
  expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-declined']);
  const reporting: PaymentProvider = {
    ...provider,
    parseWebhook: async () => [
      {
        type: 'outcome',
        eventId: randomUUID(),
        idempotencyKey: request.idempotencyKey,
        outcome: { status: 'failed', reason },
      },
    ],
  };
  expect(await handleWebhook(em(), reporting, { body: '', headers: {} })).toEqual({ unmatched: [] });
  const [recorded] = await shop().rows<{ failure_reason: string }>(
    `select failure_reason from payment_transaction where idempotency_key = '${request.idempotencyKey}'`,
  );
  expect(recorded?.failure_reason).toMatch(/^declined \ufffdx{900}/);
});

test('a reference that cannot be stored leaves the outcome open', async () => {
  const request = await pending();
  const provider = answeringWith({ status: 'succeeded', reference: 'x'.repeat(256) });
  expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-answer-unreadable']);
  const answering = {
    ...provider,
    submit: async () => ({ status: 'succeeded' as const, reference: randomUUID() }),
  };
  expect(await outcomes([authorizePayment(em(), answering, request)])).toEqual(['done']);
});

describe.each<{ answer: string; behaviour: ProviderBehaviour; code: string }>([
  { answer: 'was lost', behaviour: 'lose-answer', code: 'payment-outcome-unknown' },
  { answer: 'comes later', behaviour: 'answer-later', code: 'done' },
])('an authorization whose answer $answer', ({ behaviour, code }) => {
  const begin = async () => {
    const provider = newProvider();
    provider.behave(behaviour);
    const request = await pending();
    expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual([code]);
    expect(await stateOf(request.orderId)).toMatchObject([{ order: 'pending', status: 'pending' }]);
    return { provider, request };
  };

  test('is settled by a repetition, its webhook (twice), or the sweep, once', async () => {
    const { provider, request } = await begin();
    await Promise.all([
      authorizePayment(em(), provider, request),
      ...provider.webhooks.flatMap((event) => [
        handleWebhook(em(), provider, event),
        handleWebhook(em(), provider, event),
      ]),
      sweepPendingTransactions(em(), provider, now),
      sweepPendingTransactions(em(), provider, now),
    ]);
    expect(await stateOf(request.orderId)).toEqual([authorized]);
    expect(provider.totals().authorizedMinor).toBe(3000n);
    expect(
      await shop().rows(
        `select topic from outbox_event where aggregate_id = '${request.orderId}' order by id`,
      ),
    ).toEqual([{ topic: 'order.placed' }, { topic: 'payment.authorized' }, { topic: 'order.confirmed' }]);
  });

  test.each(['repetition', 'webhook', 'sweep'])('is settled by its %s alone', async (by) => {
    const { provider, request } = await begin();
    if (by === 'repetition') await authorizePayment(em(), provider, request);
    if (by === 'webhook') for (const event of provider.webhooks) await handleWebhook(em(), provider, event);
    if (by === 'sweep') await sweepPendingTransactions(em(), provider, now);
    expect(await stateOf(request.orderId)).toEqual([authorized]);
  });

  test('keeps the order from expiring until its outcome is known', async () => {
    const { provider, request } = await begin();
    await expireHoldsOf(shop(), request.orderId);
    expect(await expireHolds(em())).not.toContain(request.orderId);
    await sweepPendingTransactions(em(), provider, now);
    expect(await stateOf(request.orderId)).toEqual([authorized]);
  });
});

test('webhooks in the reverse order, each twice and at once, give the same amounts', async () => {
  const provider = newProvider();
  const request = await pending();
  const { paymentId } = await authorizePayment(em(), provider, request);
  provider.behave('answer-later', 'answer-later', 'answer-later');
  for (const amountMinor of [500n, 700n, 900n]) {
    const state = await capturePayment(em(), provider, { ...key(), paymentId, amountMinor });
    expect(state).toMatchObject({ transactionStatus: 'pending', capturedMinor: 0n });
  }
  const deliver = (events: WebhookDelivery[]) =>
    Promise.all(
      events
        .toReversed()
        .flatMap((event) => [handleWebhook(em(), provider, event), handleWebhook(em(), provider, event)]),
    );
  // The last capture's comes first, and is refunded before the others are known.
  await deliver(provider.webhooks.slice(-1));
  provider.behave('lose-answer');
  const refund = { ...key(), paymentId };
  expect(await outcomes([refundPayment(em(), provider, refund)])).toEqual(['payment-outcome-unknown']);
  await deliver(provider.webhooks);
  expect(await stateOf(request.orderId)).toEqual([
    { ...authorized, status: 'captured', captured: '2100', refunded: '900' },
  ]);
  expect(provider.totals()).toEqual({ authorizedMinor: 3000n, capturedMinor: 2100n, refundedMinor: 900n });
});

test('an authorization that is known after the cancellation says so, and can be given back', async () => {
  const provider = newProvider();
  provider.behave('answer-later');
  const request = await pending();
  await authorizePayment(em(), provider, request);
  expect(await cancelOrder(em(), { orderId: request.orderId })).toMatchObject({ payments: [] });
  for (const event of provider.webhooks) await handleWebhook(em(), provider, event);
  expect(await stateOf(request.orderId)).toEqual([{ ...authorized, order: 'cancelled' }]);
  expect(
    await shop().rows(`select topic, payload->'isOrderCancelled' as cancelled from outbox_event
      where aggregate_id = '${request.orderId}' order by id desc limit 1`),
  ).toEqual([{ topic: 'payment.authorized', cancelled: true }]);
  const [returned] = await returnMoney(em(), provider, { orderId: request.orderId });
  expect(returned).toMatchObject({ status: 'voided', orderStatus: 'cancelled' });
});

test('a repetition takes no money for an order that was cancelled since', async () => {
  const provider = newProvider();
  const [lost, answered] = [await pending(), await pending()];
  provider.behave('lose-request', 'lose-answer');
  const unknown = ['payment-outcome-unknown'];
  expect(await outcomes([authorizePayment(em(), provider, lost)])).toEqual(unknown);
  expect(await outcomes([authorizePayment(em(), provider, answered)])).toEqual(unknown);
  for (const { orderId } of [lost, answered]) await cancelOrder(em(), { orderId });
  expect(await outcomes([authorizePayment(em(), provider, lost)])).toEqual(['illegal-transition']);
  expect(await authorizePayment(em(), provider, answered)).toMatchObject({
    status: 'authorized',
    orderStatus: 'cancelled',
  });
  expect(provider.totals().authorizedMinor).toBe(3000n);
});

test("a webhook that contradicts, is reused or forged is refused, and changes nothing; another shop's is ignored", async () => {
  const provider = newProvider();
  const request = await pending();
  await authorizePayment(em(), provider, request);
  const [delivery] = provider.webhooks;
  if (delivery === undefined) throw new Error('no webhook');
  await handleWebhook(em(), provider, delivery);
  const { idempotencyKey } = request;
  const [event] = await provider.parseWebhook(delivery);
  const outcome = { status: 'failed', reason: 'late' } as const;
  const failed = { type: 'outcome', eventId: event?.eventId ?? '', idempotencyKey, outcome } as const;
  const forged = { ...provider.sign({ ...failed, eventId: randomUUID() }), body: JSON.stringify(failed) };
  const elsewhere = new InMemoryPaymentProvider(provider.name);
  const codes = await Promise.all(
    [
      provider.sign(failed),
      provider.sign({ ...failed, eventId: randomUUID() }),
      forged,
      { ...forged, headers: {} },
      elsewhere.sign(failed),
    ].map((other) => outcomes([handleWebhook(em(), provider, other)])),
  );
  expect(codes.flat()).toEqual([
    'idempotency-conflict',
    'done',
    'webhook-signature-mismatch',
    'webhook-signature-mismatch',
    'webhook-signature-mismatch',
  ]);
  const foreign = { ...failed, eventId: randomUUID(), idempotencyKey: randomUUID() };
  expect(await handleWebhook(em(), provider, provider.sign(foreign))).toEqual({ unmatched: [foreign] });
  expect(await stateOf(request.orderId)).toEqual([authorized]);
});

const contradictions = async (orderId: string) =>
  await shop().rows(`select payload->>'kind' as kind from outbox_event
    where aggregate_id = '${orderId}' and topic = 'payment.outcome_contradicted'`);

describe('a failure that is reported after the success', () => {
  /** An authorization that has succeeded, and a webhook that says that it has failed. */
  async function contradicted() {
    const provider = newProvider();
    const request = await pending();
    await authorizePayment(em(), provider, request);
    const { orderId, idempotencyKey } = request;
    const outcome = { status: 'failed', reason: 'late' } as const;
    const failure = provider.sign({ type: 'outcome', eventId: randomUUID(), idempotencyKey, outcome });
    return { provider, orderId, failure };
  }

  test('is of no concern where the provider says that it has succeeded', async () => {
    const { provider, orderId, failure } = await contradicted();
    for (let count = 0; count < 2; count++) {
      expect(await handleWebhook(em(), provider, failure)).toEqual({ unmatched: [] });
    }
    expect(await stateOf(orderId)).toEqual([authorized]);
    expect(await contradictions(orderId)).toEqual([]);
  });

  test('is told once, where it is true, and never sent again', async () => {
    const { provider, orderId, failure } = await contradicted();
    provider.find = async () => ({ status: 'failed', reason: 'late' });
    const handled = [1, 2, 3].map(() => handleWebhook(shop().orm.em.fork(), provider, failure));
    expect(await outcomes(handled)).toEqual(['done', 'done', 'done']);
    expect(await contradictions(orderId)).toEqual([{ kind: 'authorize' }]);
    expect(await stateOf(orderId)).toEqual([authorized]);
  });

  test('is sent again while the provider cannot be asked', async () => {
    const { provider, orderId, failure } = await contradicted();
    const find = provider.find.bind(provider);
    provider.find = () => Promise.reject(new Error('timeout'));
    expect(await outcomes([handleWebhook(em(), provider, failure)])).toEqual(['payment-outcome-unknown']);
    provider.find = find;
    expect(await outcomes([handleWebhook(em(), provider, failure)])).toEqual(['done']);
    expect(await contradictions(orderId)).toEqual([]);
  });
});

describe('a request of which the provider may have forgotten the key', () => {
  const makeOld = async (idempotencyKey: string) => {
    const admin = await superuser(shop());
    await admin.query(
      `update payment_transaction set created_at = now() - interval '25 hours' where idempotency_key = $1`,
      [idempotencyKey],
    );
  };

  /** A provider that would do it a second time. */
  function forgetful() {
    const provider = newProvider();
    const submit = provider.submit.bind(provider);
    const sent: string[] = [];
    provider.submit = async (request) => {
      sent.push(request.kind);
      return await submit(request);
    };
    return { provider, sent };
  }

  test.each([
    { behaviour: 'lose-answer' as const, outcome: 'done', state: authorized },
    {
      behaviour: 'lose-request' as const,
      outcome: 'payment-declined',
      state: { ...authorized, order: 'pending', status: 'failed', authorized: '0' },
    },
  ])('is looked up, and not sent again: $behaviour', async ({ behaviour, outcome, state }) => {
    const { provider, sent } = forgetful();
    const request = await pending();
    provider.behave(behaviour);
    expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-outcome-unknown']);
    await makeOld(request.idempotencyKey);
    const again = [1, 2].map(() => authorizePayment(shop().orm.em.fork(), provider, request));
    expect(await outcomes(again)).toEqual([outcome, outcome]);
    expect(sent).toEqual(['authorize']);
    expect(await stateOf(request.orderId)).toEqual([state]);
  });

  test('a refund is not paid twice', async () => {
    const { provider, sent } = forgetful();
    const { paymentId } = await authorizePayment(em(), provider, await pending());
    await capturePayment(em(), provider, { ...key(), paymentId });
    const refund = { ...key(), paymentId, amountMinor: 1000n };
    provider.behave('lose-answer');
    expect(await outcomes([refundPayment(em(), provider, refund)])).toEqual(['payment-outcome-unknown']);
    await makeOld(refund.idempotencyKey);
    expect(await refundPayment(em(), provider, refund)).toMatchObject({ refundedMinor: 1000n });
    expect(sent).toEqual(['authorize', 'capture', 'refund']);
    expect(provider.totals().refundedMinor).toBe(1000n);
  });
});

describe('the sweep', () => {
  test('gives up what the provider never got, once it is old', async () => {
    const provider = newProvider();
    provider.behave('lose-request');
    const request = await pending();
    expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-outcome-unknown']);
    expect(await sweepPendingTransactions(em(), provider)).toMatchObject({ pending: 0 });
    expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ pending: 1, failed: 0 });
    const abandoned = await sweepPendingTransactions(em(), provider, { ...now, abandonAgeMs: 0 });
    expect(abandoned).toMatchObject({ pending: 0, failed: 1 });
    expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-declined']);
    await authorizePayment(em(), provider, { ...request, ...key() });
    expect(await stateOf(request.orderId)).toHaveLength(2);
  });

  test('of many workers asks for each transaction once; one that the provider fails on does not stop it', async () => {
    const provider = newProvider();
    for (let index = 0; index < 6; index++) {
      provider.behave('answer-later');
      await authorizePayment(em(), provider, await pending());
    }
    const asked: string[] = [];
    const ask: PaymentProvider['find'] = async (idempotencyKey) => {
      asked.push(idempotencyKey);
      if (asked.length === 2) throw new Error('502');
      return await provider.find(idempotencyKey);
    };
    const counting: PaymentProvider = {
      name: provider.name,
      submit: (request) => provider.submit(request),
      find: ask,
      cancel: ask,
      parseWebhook: (delivery) => provider.parseWebhook(delivery),
    };
    const old = { minAgeMs: 3_600_000, limit: 4 };
    await ageTransactions(provider.name);
    const reports = await Promise.all(
      Array.from({ length: 4 }, () => sweepPendingTransactions(em(), counting, old)),
    );
    expect(new Set(asked).size).toBe(6);
    expect(asked).toHaveLength(6);
    expect(reports.reduce((sum, report) => sum + report.succeeded, 0)).toBe(5);
    expect(reports.flatMap((report) => report.errors)).toHaveLength(1);
    expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ succeeded: 1 });
  });

  test('fixes a crash between the provider and our commit: charged once, recorded once', async () => {
    const provider = newProvider();
    const request = await pending();
    const { paymentId } = await authorizePayment(em(), provider, request);
    const killer = await superuser(shop());
    let killing: Promise<void> | undefined;
    const crashing: PaymentProvider = {
      name: provider.name,
      async submit(providerRequest) {
        const answer = await provider.submit(providerRequest);
        // The commit that would record it waits for this lock, and its session ends there.
        await killer.query(`begin; select from sales_order where id = '${request.orderId}' for update`);
        killing = killWaiting();
        return answer;
      },
      find: (idempotencyKey) => provider.find(idempotencyKey),
      cancel: (idempotencyKey) => provider.cancel(idempotencyKey),
      parseWebhook: (delivery) => provider.parseWebhook(delivery),
    };
    async function killWaiting(): Promise<void> {
      // Not pg_stat_activity: a transaction sees it as it was when it looked first.
      const waiting = `select pg_terminate_backend(pid) from pg_locks
        where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
      while ((await killer.query(waiting)).rowCount === 0) await setTimeout(1);
      await killer.query('commit');
    }
    const capture = { ...key(), paymentId, amountMinor: 1000n };
    const [code] = await outcomes([capturePayment(em(), crashing, capture)]);
    // Its commit is answered after its lock is free: a busy machine could end the test, and this session, before.
    await killing;
    expect(code).not.toBe('done');
    expect(provider.totals().capturedMinor).toBe(1000n);
    expect(await stateOf(request.orderId)).toEqual([authorized]);
    expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ succeeded: 1 });
    expect(await capturePayment(em(), provider, capture)).toMatchObject({ capturedMinor: 1000n });
    expect(provider.totals().capturedMinor).toBe(1000n);
  });
});

/** As if they had been written two hours ago. */
async function ageTransactions(provider: string): Promise<void> {
  const client = await superuser(shop());
  await client.query(
    `update payment_transaction t set created_at = t.created_at - interval '2 hours'
     from payment p where p.id = t.payment_id and p.provider = $1`,
    [provider],
  );
}

test.each(['', 'a\0b', 'x'.repeat(101)])(
  'a provider whose name cannot be stored is refused: %j',
  async (name) => {
    const provider = new InMemoryPaymentProvider(name);
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    const pay = authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
    await expect(pay).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(sweepPendingTransactions(em(), provider)).rejects.toMatchObject({ code: 'invalid-input' });
  },
);

test('an authorization whose reference another payment has is refused, until the provider has corrected it', async () => {
  let reference: string = randomUUID();
  const answer = () => Promise.resolve({ status: 'succeeded' as const, reference });
  const provider: PaymentProvider = {
    name: randomUUID(),
    submit: answer,
    find: answer,
    cancel: answer,
    parseWebhook: async () => [
      {
        type: 'outcome',
        eventId: randomUUID(),
        idempotencyKey: request.idempotencyKey,
        outcome: await answer(),
      },
    ],
  };
  await authorizePayment(em(), provider, await pending());
  const request = await pending();
  const conflict = { code: 'payment-outcome-conflict' };
  await expect(authorizePayment(em(), provider, request)).rejects.toMatchObject(conflict);
  await expect(handleWebhook(em(), provider, { body: '', headers: {} })).rejects.toMatchObject(conflict);
  reference = randomUUID();
  expect(await sweepPendingTransactions(em(), provider, { minAgeMs: 0 })).toMatchObject({ succeeded: 1 });
  expect(await stateOf(request.orderId)).toMatchObject([{ order: 'confirmed', status: 'authorized' }]);
});

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expectInvariants,
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
  sweepPendingTransactions,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

const now = { minAgeMs: 0 };
const expired = { ...now, authorizationMaxAgeMs: 0 };

/** A pending order of 30.00 EUR with an attempt that waits for its buyer. */
async function attempt() {
  // Of its own name: its sweep looks at nothing of other tests.
  const provider = new InMemoryPaymentProvider(randomUUID());
  const variantId = await stockedVariant(shop(), 3);
  const { orderId } = await placeOrder(shop(), { [variantId]: 3 });
  provider.behave('require-action');
  const request = { ...key(), orderId, paymentMethod: 'tok_3ds' };
  const state = await authorizePayment(em(), provider, request);
  const retry = () => authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok_2' });
  const deliver = async () => {
    for (const event of provider.webhooks) await handleWebhook(em(), provider, event);
  };
  return { provider, variantId, orderId, request, state, retry, deliver };
}

const paymentsOf = async (orderId: string) =>
  await shop().rows(`select status, authorized_minor as authorized from payment
    where order_id = '${orderId}' order by created_at, id`);

test('the buyer is told what to do, again with the same key; their secret is stored nowhere', async () => {
  const { provider, request, state } = await attempt();
  expect(state).toMatchObject({ status: 'pending', orderStatus: 'pending', transactionStatus: 'pending' });
  expect(await authorizePayment(em(), provider, request)).toEqual(state);
  const { nextAction } = state;
  if (nextAction?.kind !== 'client-secret') throw new Error('no client secret');
  const tables = await shop().rows<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const client = await superuser(shop());
  for (const { name } of tables) {
    const { rows: found } = await client.query(
      `select from ${name} t where t::text like '%${nextAction.clientSecret}%'`,
    );
    expect({ name, found }).toEqual({ name, found: [] });
  }
});

test('an action that is done confirms the order', async () => {
  const { provider, request, orderId, deliver } = await attempt();
  provider.act(request.idempotencyKey);
  await deliver();
  expect(await authorizePayment(em(), provider, request)).toMatchObject({ orderStatus: 'confirmed' });
  expect(await paymentsOf(orderId)).toEqual([{ status: 'authorized', authorized: '3000' }]);
});

test('an abandoned action is cancelled at the provider, then the holds expire and the next buyer gets the stock', async () => {
  const { provider, variantId, orderId, request } = await attempt();
  await expireHoldsOf(shop(), orderId);
  expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ pending: 1, failed: 0 });
  expect(await expireHolds(em())).not.toContain(orderId);
  expect(await sweepPendingTransactions(em(), provider, expired)).toMatchObject({ pending: 0, failed: 1 });
  // Nothing can be paid by it any more, here or there.
  expect(() => provider.act(request.idempotencyKey)).toThrow('no action is required');
  expect(await outcomes([authorizePayment(em(), provider, request)])).toEqual(['payment-declined']);
  expect(await expireHolds(em())).toContain(orderId);
  await placeOrder(shop(), { [variantId]: 3 });
});

test('an action that is done as it expires counts', async () => {
  const { provider, request, orderId } = await attempt();
  provider.act(request.idempotencyKey);
  expect(await sweepPendingTransactions(em(), provider, expired)).toMatchObject({ succeeded: 1 });
  expect(await paymentsOf(orderId)).toEqual([{ status: 'authorized', authorized: '3000' }]);
});

test('one that the provider cannot cancel now, or does not answer about, keeps the stock', async () => {
  const { provider, orderId } = await attempt();
  await expireHoldsOf(shop(), orderId);
  const unwilling = (cancel: PaymentProvider['cancel']): PaymentProvider => ({
    name: provider.name,
    submit: (request) => provider.submit(request),
    find: (idempotencyKey) => provider.find(idempotencyKey),
    cancel,
    parseWebhook: (delivery) => provider.parseWebhook(delivery),
  });
  const busy = unwilling(async () => ({ status: 'pending' }));
  const down = unwilling(() => Promise.reject(new Error('502')));
  expect(await sweepPendingTransactions(em(), busy, expired)).toMatchObject({ pending: 1, errors: [] });
  expect((await sweepPendingTransactions(em(), down, expired)).errors).toHaveLength(1);
  expect(await expireHolds(em())).not.toContain(orderId);
});

test('another method pays meanwhile; the first attempt then ends at once', async () => {
  const { provider, request, orderId, retry } = await attempt();
  expect(await retry()).toMatchObject({ orderStatus: 'confirmed', authorizedMinor: 3000n });
  // Its buyer has no action to do for an order that is paid.
  expect(await authorizePayment(em(), provider, request)).not.toHaveProperty('nextAction');
  expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ failed: 1 });
  expect(await paymentsOf(orderId)).toEqual([
    { status: 'failed', authorized: '0' },
    { status: 'authorized', authorized: '3000' },
  ]);
  expect(provider.totals().authorizedMinor).toBe(3000n);
});

test('an order that a capture no longer pays takes another payment that needs the buyer; the first is then voided', async () => {
  const { provider, orderId, retry } = await attempt();
  const { paymentId } = await retry();
  provider.expireAuthorizations();
  const capture = { ...key(), paymentId };
  expect(await outcomes([capturePayment(em(), provider, capture)])).toEqual(['payment-declined']);
  provider.behave('require-action');
  const request = { ...key(), orderId, paymentMethod: 'tok_3', amountMinor: 3000n };
  expect(await authorizePayment(em(), provider, request)).toHaveProperty('nextAction');
  provider.act(request.idempotencyKey);
  await sweepPendingTransactions(em(), provider, now);
  await sweepPendingTransactions(em(), provider, now);
  expect((await paymentsOf(orderId)).map(({ status }) => status)).toEqual(['failed', 'voided', 'authorized']);
  await expectInvariants(shop());
});

test.each(['webhook', 'sweep'])(
  'of two attempts that are both completed, by %s, one is voided',
  async (by) => {
    const { provider, request, orderId, state, retry, deliver } = await attempt();
    const { paymentId } = await retry();
    provider.act(request.idempotencyKey);
    if (by === 'webhook') await deliver();
    else await sweepPendingTransactions(em(), provider, expired);
    // It cannot be captured from the moment that it is known.
    const capture = (each: string) => capturePayment(em(), provider, { ...key(), paymentId: each });
    await expect(capture(state.paymentId)).rejects.toMatchObject({ from: 'being voided' });
    expect(await capture(paymentId)).toMatchObject({ capturedMinor: 3000n });
    expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ succeeded: 1 });
    expect(await paymentsOf(orderId)).toEqual([
      { status: 'voided', authorized: '3000' },
      { status: 'captured', authorized: '3000' },
    ]);
  },
);

test('attempts that are completed at the same time leave one authorization', async () => {
  const { provider, request, orderId, retry } = await attempt();
  provider.behave('require-action', 'require-action');
  const others = [key(), key()];
  for (const other of others) {
    await authorizePayment(em(), provider, { ...other, orderId, paymentMethod: 'tok_3ds' });
  }
  for (const { idempotencyKey } of [request, ...others]) provider.act(idempotencyKey);
  const events = [...provider.webhooks];
  await outcomes([
    retry(),
    ...events.flatMap((event) => [
      handleWebhook(em(), provider, event),
      handleWebhook(em(), provider, event),
    ]),
  ]);
  await sweepPendingTransactions(em(), provider, now);
  const authorized = (await paymentsOf(orderId)).filter(
    (each) => 'status' in each && each.status === 'authorized',
  );
  expect(authorized).toEqual([{ status: 'authorized', authorized: '3000' }]);
});

test('a small payment is released when a later one covers all', async () => {
  const { provider, request, orderId } = await attempt();
  const part = { ...key(), orderId, paymentMethod: 'tok_2', amountMinor: 1000n };
  expect(await authorizePayment(em(), provider, part)).toMatchObject({ orderStatus: 'pending' });
  provider.act(request.idempotencyKey);
  await sweepPendingTransactions(em(), provider, now);
  await sweepPendingTransactions(em(), provider, now);
  expect(await paymentsOf(orderId)).toEqual([
    { status: 'authorized', authorized: '3000' },
    { status: 'voided', authorized: '1000' },
  ]);
});

test('captures of several payments never exceed the total, though the provider refuses to void the surplus', async () => {
  const { provider, request, state, retry, deliver } = await attempt();
  const { paymentId } = await retry();
  provider.act(request.idempotencyKey);
  await deliver();
  provider.behave('decline');
  expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ failed: 1 });
  const codes = await outcomes(
    [paymentId, state.paymentId, paymentId, state.paymentId].map((each) =>
      capturePayment(em(), provider, { ...key(), paymentId: each, amountMinor: 1600n }),
    ),
  );
  expect(codes.filter((code) => code === 'done')).toHaveLength(1);
  expect(provider.totals().capturedMinor).toBe(1600n);
});

test('the attempt of an order that was cancelled ends at once', async () => {
  const { provider, request, orderId } = await attempt();
  await cancelOrder(em(), { orderId });
  expect(await authorizePayment(em(), provider, request)).not.toHaveProperty('nextAction');
  expect(await sweepPendingTransactions(em(), provider, now)).toMatchObject({ failed: 1 });
  expect(provider.totals().authorizedMinor).toBe(0n);
});

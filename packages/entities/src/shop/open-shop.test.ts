import { setTimeout } from 'node:timers/promises';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../../test/open-person.ts';
import { OpenShop } from '../../test/open-shop.ts';
import { otherFunctions, runners } from '../../test/operation-samples.ts';
import { expectInvariants, key, stockedVariant } from '../../test/placed-order.ts';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import * as entities from '../index.ts';
import { InMemoryPaymentProvider } from '../testing/index.ts';
import { bindingsOf } from './bind-operations.ts';
import { shopOperations } from './shop-operations.ts';

const { noCharges, openShop, ormOptions } = entities;

const card = new InMemoryPaymentProvider('card');
const wallet = new InMemoryPaymentProvider('wallet');
let database: { url: string; drop(): Promise<void> };
let fixture: OpenShop;
let shop: entities.Shop;
let admin: Client;

beforeAll(async () => {
  database = await createTestDatabase({ template: shopTemplate });
  const url = urlAs(database.url, 'shop_app');
  fixture = new OpenShop(await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined }), []);
  shop = await openShop({
    url,
    payments: [card, wallet],
    shipping: () => [{ code: 'standard', amountMinor: 499n }],
    tax: noCharges,
  });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});

afterAll(async () => {
  await expectInvariants(fixture);
  await shop?.close();
  await fixture?.orm.close(true);
  await admin?.end();
  await database?.drop();
});

/** Functions that take an EntityManager and are not in the table, and why. */
const unbound: Record<string, string> = {
  withRetry: 'the shop runs each operation by it; shop.write does so for one of your own',
  onReader: 'the shop runs each read by it; shop.read does so for one of your own',
  commitLsn: 'shop.position()',
  rotateAuditLog: 'the owner of the schema runs it, and a shop is of shop_app',
};

test('every operation of the package is in the table of the shop, or there is a reason', () => {
  const parts = { payments: [card], shipping: noCharges, tax: noCharges };
  const bound = new Set(bindingsOf(shopOperations(parts)).map(({ operation }) => operation));
  const missing = Object.entries(entities)
    .filter(([, each]) => typeof each === 'function' && !/^class\b/.test(String(each)) && !bound.has(each))
    .map(([name]) => name)
    .filter((name) => !otherFunctions.includes(name));
  expect(missing.toSorted()).toEqual(Object.keys(unbound).toSorted());
  expect(runners.filter((name) => !(name in unbound))).toEqual(['relayOutbox']);
  const operations = bindingsOf(shopOperations(parts)).map(({ operation }) => operation);
  expect(operations.length - new Set(operations).size).toBe(0);
});

test('all faults of the settings are told at once, and no secret', async () => {
  const opening = openShop({
    url: 'postgres://shop_app:pa55#word@127.0.0.1/shop',
    readerUrl: 'http://shop_app:pa55word@127.0.0.1/shop',
    payments: [{ name: 'a', submit() {} }, card, new InMemoryPaymentProvider('card')],
    tax: 'none',
    poolSize: 0,
    shiping: noCharges,
  } as never);
  const error = await opening.catch((error: unknown) => error as Error & { code: string; hint: string });
  if (!(error instanceof Error)) throw new Error('it was opened');
  expect(error.code).toBe('invalid-settings');
  for (const name of [
    'url',
    'readerUrl',
    'payments.0',
    'payments',
    'shipping',
    'tax',
    'poolSize',
    'shiping',
  ]) {
    expect(error.message).toMatch(new RegExp(`(: |; |")${name}(: |")`));
  }
  expect(JSON.stringify([error.message, error.hint, error.stack, String(error.cause)])).not.toContain('pa55');
});

/** A guest's cart of 3 units at 10.00 EUR. */
async function filledCart(session: entities.ShopSession = shop): Promise<string> {
  const variantId = await stockedVariant(fixture, 9);
  const { id: cartId } = await session.carts.open({ currencyCode: 'EUR' });
  await session.carts.add({ ...key(), cartId, variantId, quantity: 3 });
  return cartId;
}

async function requestFor(session: entities.ShopSession = shop): Promise<entities.CheckoutRequest> {
  const cartId = await filledCart(session);
  const { totalMinor } = await session.carts.quote({ cartId, destination: { countryCode: 'US' } });
  const shippingAddress = addressOf('ann');
  return { ...key(), cartId, email: 'ann@example.com', shippingAddress, expectedTotalMinor: totalMinor };
}

test('a purchase from the cart to the refund, with the fees and the provider of the shop', async () => {
  const order = await shop.checkout(await requestFor());
  expect(order.totalMinor).toBe(3499n);
  const paid = await shop.payments.authorize({
    ...key(),
    orderId: order.id,
    paymentMethod: 'tok',
    provider: 'wallet',
  });
  expect(paid).toMatchObject({ orderStatus: 'confirmed', authorizedMinor: 3499n });
  const { paymentId } = paid;
  const captured = wallet.totals().capturedMinor;
  await shop.payments.capture({ ...key(), paymentId });
  expect(wallet.totals().capturedMinor - captured).toBe(3499n);
  expect(card.totals().authorizedMinor).toBe(0n);
  await shop.orders.ship({ ...key(), orderId: order.id });
  const support = shop.session({ actor: 'support:17' });
  expect(await support.payments.refund({ ...key(), paymentId, amountMinor: 100n })).toMatchObject({
    refundedMinor: 100n,
  });
  const [refund] = await fixture.rows(
    `select actor from payment_transaction where payment_id = '${paymentId}' and kind = 'refund'`,
  );
  expect(refund).toEqual({ actor: 'support:17' });
  expect((await shop.orders.search({ limit: 1 })).orders).toMatchObject([
    { id: order.id, status: 'shipped' },
  ]);
});

test('the money of a cancelled order is returned by all its providers', async () => {
  const { id: orderId } = await shop.checkout(await requestFor());
  for (const { provider, amountMinor } of [
    { provider: 'card', amountMinor: 1000n },
    { provider: 'wallet', amountMinor: 2499n },
  ]) {
    await shop.payments.authorize({ ...key(), orderId, paymentMethod: 'tok', provider, amountMinor });
  }
  await shop.orders.cancel({ orderId });
  const states = (await shop.orders.returnMoney({ orderId })).flat();
  expect(states.map(({ status, amountMinor }) => ({ status, amountMinor }))).toEqual([
    { status: 'voided', amountMinor: 1000n },
    { status: 'voided', amountMinor: 2499n },
  ]);
});

/** An order of 34.99 EUR, paid by a card and by a wallet. */
async function paidByTwo(): Promise<{ orderId: string; paymentIds: string[]; lineId: string }> {
  const { id: orderId } = await shop.checkout(await requestFor());
  const paymentIds: string[] = [];
  for (const { provider, amountMinor } of [
    { provider: 'card', amountMinor: 1000n },
    { provider: 'wallet', amountMinor: 2499n },
  ]) {
    const paying = { ...key(), orderId, paymentMethod: 'tok', provider, amountMinor };
    paymentIds.push((await shop.payments.authorize(paying)).paymentId);
  }
  const { lines } = await shop.orders.get({ orderId });
  return { orderId, paymentIds, lineId: lines[0]?.lineId ?? '' };
}

test('a refund goes back by all providers of the order, also when one of them did not answer', async () => {
  const { orderId, paymentIds, lineId } = await paidByTwo();
  for (const paymentId of paymentIds) await shop.payments.capture({ ...key(), paymentId });
  await shop.orders.ship({ ...key(), orderId });
  const before = { card: card.totals().refundedMinor, wallet: wallet.totals().refundedMinor };
  const parts = { orderId, lines: [{ lineId, quantity: 3 }] };
  expect(await shop.orders.proposeRefund(parts)).toMatchObject({ grossMinor: 3000n });
  const request = { ...parts, ...key(), reason: 'all of it came broken' };
  card.behave('lose-request');
  await expect(shop.orders.refund(request)).rejects.toMatchObject({ code: 'payment-outcome-unknown' });
  expect(await shop.orders.refund(request)).toMatchObject({
    grossMinor: 3000n,
    pendingMinor: 0n,
    openMinor: 0n,
  });
  const returned = card.totals().refundedMinor - before.card + wallet.totals().refundedMinor - before.wallet;
  expect(returned).toBe(3000n);
  expect(await shop.orders.creditNotes({ orderId })).toMatchObject([{ grossMinor: 3000n }]);
});

test('a return from the request to the refund, by the provider that was paid by', async () => {
  const { orderId, paymentIds, lineId } = await paidByTwo();
  for (const paymentId of paymentIds) await shop.payments.capture({ ...key(), paymentId });
  await shop.orders.ship({ ...key(), orderId });
  const lines = [{ lineId, quantity: 1 }];
  const { returnId } = await shop.returns.request({ ...key(), orderId, lines, reason: 'too small' });
  await shop.returns.approve({ returnId });
  await shop.returns.receive({ ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }] });
  expect(await shop.returns.refund({ ...key(), returnId })).toMatchObject({
    grossMinor: 1000n,
    openMinor: 0n,
  });
  expect(await shop.returns.list({ orderId })).toMatchObject([{ returnId, status: 'refunded' }]);
});

test('an authorization is renewed by its provider, and the maintenance asks all of them', async () => {
  const { paymentIds } = await paidByTwo();
  for (const paymentId of paymentIds) {
    expect(await shop.payments.reauthorize({ ...key(), paymentId })).toMatchObject({ status: 'authorized' });
  }
  const [waiting] = await shop.housekeeping.maintain({ tasks: ['payments'] });
  expect(waiting).toMatchObject({ task: 'payments', isUnfinished: false });
  expect(waiting?.error).toBeUndefined();
  await expect(shop.housekeeping.maintain('x' as never)).rejects.toMatchObject({ code: 'invalid-input' });
});

test.each([
  { fault: 'of a payment, where the shop has two', provider: undefined },
  { fault: 'that the shop has not', provider: 'cheque' },
])('no provider is guessed: one $fault', async ({ provider }) => {
  const { id: orderId } = await shop.checkout(await requestFor());
  const paying = shop.payments.authorize({ ...key(), orderId, paymentMethod: 'tok', provider });
  await expect(paying).rejects.toMatchObject({ code: 'invalid-input', message: /card, wallet/ });
});

test('a webhook goes to the provider that it names', async () => {
  const { id: orderId } = await shop.checkout(await requestFor());
  const { idempotencyKey } = key();
  card.behave('require-action');
  const asked = { idempotencyKey, orderId, paymentMethod: 'tok', provider: 'card' };
  expect(await shop.payments.authorize(asked)).toMatchObject({ nextAction: { kind: 'client-secret' } });
  card.act(idempotencyKey);
  const delivery = card.webhooks.at(-1) ?? { body: '', headers: {} };
  await expect(shop.payments.handleWebhook({ ...delivery, provider: 'wallet' })).rejects.toMatchObject({
    code: 'webhook-signature-mismatch',
  });
  await shop.payments.handleWebhook({ ...delivery, provider: 'card' });
  expect(await shop.payments.authorize(asked)).toMatchObject({ orderStatus: 'confirmed' });
});

test('what is no input is refused as such', async () => {
  for (const input of [undefined, null, 'x', { paymentId: 'x' }] as never[]) {
    await expect(shop.payments.capture(input)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(shop.payments.authorize(input)).rejects.toMatchObject({ code: 'invalid-input' });
  }
});

test('60 checkouts whose connections are ended again and again are 60 orders', async () => {
  const requests = [];
  for (let count = 0; count < 60; count++) requests.push(await requestFor());
  const cartIds = requests.map(({ cartId }) => cartId);
  const ordersOf = async () =>
    (await admin.query('select id from sales_order where cart_id = any ($1)', [cartIds])).rows.length;
  const done = new AbortController();
  let ended = 0;
  const ending = (async () => {
    // One whenever there are more orders, and not by the clock: on a slow machine no attempt would come through.
    for (let before = -1; !done.signal.aborted; await setTimeout(2)) {
      const now = await ordersOf();
      if (now === before) continue;
      before = now;
      const { rowCount } = await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`);
      ended += rowCount ?? 0;
    }
  })();
  const orders = await Promise.all(requests.map((request) => shop.checkout(request)));
  done.abort();
  await ending;
  expect(ended).toBeGreaterThan(5);
  expect(new Set(orders.map(({ id }) => id)).size).toBe(60);
  expect(await ordersOf()).toBe(60);
});

test.each(['confirm', 'deliver', 'cancel'] as const)('orders.%s is repeated without a key', async (name) => {
  const { id: orderId } = await shop.checkout(await requestFor());
  let shipmentId = '';
  if (name !== 'cancel') {
    await shop.payments.authorize({ ...key(), orderId, paymentMethod: 'tok', provider: 'card' });
  }
  if (name === 'deliver') {
    const { shipments } = await shop.orders.ship({ ...key(), orderId });
    shipmentId = shipments[0]?.shipmentId ?? '';
  }
  await admin.query('begin');
  await admin.query('select from sales_order where id = $1 for update', [orderId]);
  const running = name === 'deliver' ? shop.orders.deliver({ shipmentId }) : shop.orders[name]({ orderId });
  const ended = await endWaiting();
  await admin.query('commit');
  const status = { confirm: 'confirmed', deliver: 'completed', cancel: 'cancelled' }[name];
  await running;
  expect(await shop.orders.get({ orderId })).toMatchObject({ status });
  expect(ended).toBe(1);
});

/** Ends the one session that waits for the lock of this test's administrator. */
async function endWaiting(): Promise<number> {
  for (;;) {
    const { rowCount } = await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pg_backend_pid() = any (pg_blocking_pids(pid))`);
    if (rowCount) return rowCount;
    await setTimeout(10);
  }
}

test('an operation of your own is repeated as those of the shop', async () => {
  let runs = 0;
  const losing: entities.Operation<object, number> = async (em) => {
    runs += 1;
    const [session] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
    if (runs === 1) await admin.query('select pg_terminate_backend($1, 5000)', [session?.pid]);
    await em.execute('select 1');
    return runs;
  };
  const inTransaction: typeof losing = (em, input) => em.transactional((em) => losing(em, input));
  expect(await shop.write(inTransaction, key())).toBe(2);
  runs = 0;
  expect(await shop.read(losing, {})).toBe(2);
  runs = 0;
  await expect(shop.write(inTransaction, {})).rejects.toMatchObject({ code: 'outcome-unknown' });
});

test('the inputs and results are those of the operations', async () => {
  // @ts-expect-error: a quantity is a number
  await expect(shop.carts.add({ cartId: '', variantId: '', quantity: '1' })).rejects.toThrow('quantity');
  // @ts-expect-error: it has an input
  await expect(shop.carts.quote()).rejects.toThrow('input');
  const [product]: entities.FoundProduct[] = (await shop.catalog.search()).products;
  expect(product).toBeDefined();
  const { next }: entities.OrderPage = await shop.orders.search({ limit: 1 });
  expect(next).toBeDefined();
});

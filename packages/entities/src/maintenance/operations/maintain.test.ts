import { randomUUID } from 'node:crypto';
import { validate } from '@ecommerce-dms/validator';
import { MikroORM } from '@mikro-orm/postgresql';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { openAccount } from '../../../test/account.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  expectInvariants,
  expireHoldsOf,
  key,
  placeOrder,
  stockedVariant,
  superuser,
} from '../../../test/placed-order.ts';
import { urlAs } from '../../../test/shop-database.ts';
import { shopChecks } from '../../checks/index.ts';
import { ownerRole } from '../../roles/index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';
import { dueTasks } from '../record-run.ts';
import {
  addToCart,
  authorizePayment,
  cancelOrder,
  logIn,
  maintain,
  type MaintenanceOptions,
  mergeCarts,
  openCart,
  ormOptions,
} from '../../index.ts';

const shop = useOpenShop();
const run = (options: MaintenanceOptions = {}) => maintain(shop().em(), options);

/** What each task did. */
async function affected(options: MaintenanceOptions = {}): Promise<Record<string, number>> {
  const runs = await run(options);
  expect(runs.filter(({ error, isUnfinished }) => error !== undefined || isUnfinished)).toEqual([]);
  return Object.fromEntries(runs.map(({ task, affected }) => [task, affected]));
}

/** As a superuser. */
async function asAdmin(sql: string): Promise<void> {
  await (await superuser(shop())).query(sql);
}

/** Carts that expired a year ago. */
async function oldCarts(count: number): Promise<void> {
  await asAdmin(`with opened as (
      insert into cart (currency_code, expires_at)
      select 'EUR', now() - interval '1 year' from generate_series(1, ${count}) returning id)
    select from opened;
    update cart set status = 'expired' where status = 'open' and expires_at < now() - interval '11 months'`);
}

async function openOwner() {
  const url = new URL(String(shop().orm.config.get('clientUrl')));
  const orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(url.href, ownerRole) }),
    logger: () => undefined,
  });
  onTestFinished(() => orm.close(true));
  return orm.em.fork();
}

/** A payment without an outcome, of ten minutes ago. */
async function pendingPayment(provider: InMemoryPaymentProvider): Promise<void> {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  provider.behave('answer-later');
  await authorizePayment(shop().em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
  await asAdmin(
    `update payment_transaction set created_at = now() - interval '40 minutes' where status = 'pending'`,
  );
}

async function expiredCart(days: number): Promise<string> {
  const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
  await asAdmin(
    `update cart set expires_at = now() - interval '${days} days', status = 'expired' where id = '${cartId}'`,
  );
  return cartId;
}

const rows = async (table: string): Promise<number> => {
  const [row] = await shop().rows<{ count: number }>(`select count(*)::int from ${table}`);
  return row?.count ?? Number.NaN;
};

beforeEach(async () => {
  await run({ ages: { cartDays: 1 } });
  // Without the row of those events, the check of the orders would miss them.
  await asAdmin(`delete from maintenance_run where task <> 'published-events'; delete from idempotency_key`);
});

fuzzOperation(
  'maintain',
  shop,
  sample(maintain, (): MaintenanceOptions => ({
    tasks: ['keys', 'old-carts', 'holds'],
    intervals: { keys: 5000 },
    ages: { keyDays: 8, cartDays: 100 },
    batchSize: 10,
    maxTaskMs: 1000,
    providerTimeoutMs: 1000,
  })),
);

test('each task does its work, and records that it ran', async () => {
  const provider = new InMemoryPaymentProvider('sweeper');
  await pendingPayment(provider);
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  await expireHoldsOf(shop(), orderId);
  const email = `${randomUUID()}@example.com`;
  await openAccount(shop(), email);
  await logIn(shop().em(), { email, password: 'correct horse' });
  const variantId = await stockedVariant(shop(), 1);
  const open = await openCart(shop().em(), { currencyCode: 'EUR' });
  await addToCart(shop().em(), { ...key(), cartId: open.id, variantId, quantity: 1 });
  await expiredCart(91);
  const kept = await expiredCart(89);
  await asAdmin(`update cart set expires_at = now() - interval '1 day' where id = '${open.id}';
    update customer_token set expires_at = now() - interval '1 minute', created_at = now() - interval '1 day';
    update idempotency_key set expires_at = now() + interval '1 day' where key <> (select min(key) from idempotency_key);
    update idempotency_key set expires_at = now() where key = (select min(key) from idempotency_key);
    update outbox_event set published_at = now() where published_at is null;
    update outbox_event set published_at = now() - interval '31 days', created_at = now() - interval '32 days'
      where aggregate_id = '${orderId}' and topic = 'order.placed';
    update sales_order set placed_at = now() - interval '32 days' where id = '${orderId}'`);
  const options = { payments: [provider], ownerEm: await openOwner() };
  expect(await affected(options)).toEqual({
    holds: 1,
    payments: 1,
    'expired-money': 0,
    carts: 1,
    keys: 1,
    tokens: 1,
    'published-events': 1,
    'old-carts': 1,
    'audit-log': 0,
  });
  expect(await shop().rows(`select status from sales_order where id = '${orderId}'`)).toEqual([
    { status: 'cancelled' },
  ]);
  expect(await rows(`outbox_event where aggregate_id = '${orderId}' and topic = 'order.placed'`)).toBe(0);
  expect(await rows(`cart where id = '${kept}'`)).toBe(1);
  expect(
    await shop().rows('select task, affected::int, error from maintenance_run order by task'),
  ).toHaveLength(9);
  await expectInvariants(shop());
  const again = await affected(options);
  expect(Object.values(again).every((count) => count === 0)).toBe(true);
});

describe('a part of an order was paid, and the rest was not', () => {
  /** The price of a unit. */
  const halfMinor = 1000n;
  /** An order of 2 units whose half was paid, and whose holds have expired. */
  async function halfPaid(provider: InMemoryPaymentProvider, capture?: 'immediate') {
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
    await authorizePayment(shop().em(), provider, {
      ...key(),
      orderId,
      paymentMethod: 'tok',
      amountMinor: halfMinor,
      ...(capture && { capture }),
    });
    await expireHoldsOf(shop(), orderId);
    return orderId;
  }
  const tasks = ['holds', 'expired-money'] satisfies MaintenanceOptions['tasks'];
  const kept = async (orderId: string) => {
    const [row] = await shop().rows<{ status: string; kept: number }>(
      `select status, (captured_minor - refunded_minor)::int as kept from payment where order_id = '${orderId}'`,
    );
    return row;
  };

  test.each([
    { capture: undefined, status: 'voided' },
    { capture: 'immediate', status: 'refunded' },
  ] as const)('the payment is $status', async ({ capture, status }) => {
    const provider = new InMemoryPaymentProvider('half');
    const orderId = await halfPaid(provider, capture);
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 1, 'expired-money': 1 });
    expect(await kept(orderId)).toEqual({ status, kept: 0 });
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 0, 'expired-money': 0 });
    await expectInvariants(shop());
  });

  test('all providers, all orders, several at once: each amount goes back once', async () => {
    const providers = [new InMemoryPaymentProvider('one'), new InMemoryPaymentProvider('two')];
    const orders = 12;
    for (const provider of providers)
      for (let order = 0; order < orders; order++) await halfPaid(provider, 'immediate');
    await affected({ tasks: ['holds'] });
    await Promise.all([1, 2, 3].map(() => affected({ payments: providers, tasks: ['expired-money'] })));
    const refundedMinor = providers.map((provider) => provider.totals().refundedMinor);
    expect(refundedMinor).toEqual(providers.map(() => BigInt(orders) * halfMinor));
    await expectInvariants(shop());
  });

  test('what the provider refuses is tried again hours later, and fails no task', async () => {
    const provider = new InMemoryPaymentProvider('refuses');
    const orderId = await halfPaid(provider, 'immediate');
    provider.behave('decline');
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 1, 'expired-money': 0 });
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 0, 'expired-money': 0 });
    expect(await kept(orderId)).toEqual({ status: 'captured', kept: Number(halfMinor) });
    await asAdmin(`update payment_transaction set created_at = now() - interval '8 hours',
      completed_at = now() - interval '7 hours' where status = 'failed'`);
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 0, 'expired-money': 1 });
    expect(await kept(orderId)).toEqual({ status: 'refunded', kept: 0 });
  });

  test('a provider that does not answer fails the task, and the sweep brings the outcome', async () => {
    const provider = new InMemoryPaymentProvider('silent');
    const orderId = await halfPaid(provider, 'immediate');
    provider.behave('lose-answer');
    expect(await run({ payments: [provider], tasks })).toMatchObject([
      { task: 'holds', affected: 1 },
      { task: 'expired-money', error: { cause: { code: 'payment-outcome-unknown' } } },
    ]);
    await asAdmin(
      `update payment_transaction set created_at = now() - interval '5 minutes' where status = 'pending'`,
    );
    expect(await affected({ payments: [provider], tasks: ['payments'] })).toEqual({ payments: 1 });
    expect(await kept(orderId)).toEqual({ status: 'refunded', kept: 0 });
  });

  test('the money of an order that somebody has cancelled is theirs to return', async () => {
    const provider = new InMemoryPaymentProvider('theirs');
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    await authorizePayment(shop().em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
    await cancelOrder(shop().em(), { orderId });
    expect(await affected({ payments: [provider], tasks })).toEqual({ holds: 0, 'expired-money': 0 });
    expect(await shop().rows(`select status from payment where order_id = '${orderId}'`)).toEqual([
      { status: 'authorized' },
    ]);
  });
});

test('ages and tasks are those of the options', async () => {
  await expiredCart(3);
  expect(await affected({ tasks: ['old-carts'], ages: { cartDays: 4 } })).toEqual({ 'old-carts': 0 });
  expect(await affected({ tasks: ['old-carts'], ages: { cartDays: 2 } })).toEqual({ 'old-carts': 1 });
  await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  const keys = await rows('idempotency_key');
  expect(await affected({ tasks: ['keys'], ages: { keyDays: 1 } })).toEqual({ keys: 0 });
  await asAdmin(`update idempotency_key set expires_at = expires_at - interval '1 day'`);
  expect(await affected({ tasks: ['keys'], ages: { keyDays: 2 } })).toEqual({ keys: 0 });
  expect(await affected({ tasks: ['keys'], ages: { keyDays: 1 } })).toEqual({ keys });
});

test('a cart goes after those that were merged into it, and one of an order stays', async () => {
  const variantId = await stockedVariant(shop(), 9);
  const { orderId } = await placeOrder(shop(), { [variantId]: 1 });
  const [sourceCartId, targetCartId] = [await shop().cart({ [variantId]: 1 }), await shop().cart({})];
  await mergeCarts(shop().em(), { sourceCartId, targetCartId });
  await asAdmin(`update cart set status = 'expired' where id = '${targetCartId}';
    update cart set expires_at = now() - interval '1 year'`);
  const old = { tasks: ['old-carts'] } satisfies MaintenanceOptions;
  await affected(old);
  await affected(old);
  expect(await rows(`cart where id in ('${sourceCartId}', '${targetCartId}')`)).toBe(0);
  expect(await rows(`cart join sales_order o on o.cart_id = cart.id where o.id = '${orderId}'`)).toBe(1);
});

test('an event that is not published is never removed, nor can the application do so', async () => {
  await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  await asAdmin(`update outbox_event set created_at = now() - interval '1 year', published_at = null`);
  const before = await rows('outbox_event');
  expect(await affected({ tasks: ['published-events'] })).toEqual({ 'published-events': 0 });
  expect(await rows('outbox_event')).toBe(before);
  await expect(shop().rows('delete from outbox_event')).rejects.toThrow('is not published');
});

test('the event of an order is missed, unless it was removed for its age', async () => {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  const failing = async () => {
    const checks = shopChecks().filter(({ id }) => id === 'order.placed-event');
    const { totals } = await validate({ url: String(shop().orm.config.get('clientUrl')), checks });
    return totals.errors;
  };
  await asAdmin(`update outbox_event set published_at = now() - interval '31 days',
      created_at = now() - interval '31 days' where aggregate_id = '${orderId}';
    update sales_order set placed_at = now() - interval '31 days' where id = '${orderId}'`);
  expect(await affected({ tasks: ['published-events'] })).toEqual({ 'published-events': 1 });
  expect(await failing()).toBe(0);
  await asAdmin(`update sales_order set placed_at = now() - interval '29 days' where id = '${orderId}'`);
  expect(await failing()).toBe(1);
  await asAdmin(`update sales_order set placed_at = now() - interval '31 days' where id = '${orderId}'`);
});

test('a task that fails stops no other, and keeps the time of its last success', async () => {
  const provider = new InMemoryPaymentProvider('away');
  const options = { payments: [provider], tasks: ['payments', 'carts'] } satisfies MaintenanceOptions;
  await affected(options);
  const [first] = await shop().rows(`select finished_at from maintenance_run where task = 'payments'`);
  await pendingPayment(provider);
  provider.find = provider.cancel = async () => {
    throw new Error('the provider is away');
  };
  expect(await run(options)).toMatchObject([
    { task: 'payments', affected: 0, error: { cause: { message: 'the provider is away' } } },
    { task: 'carts', affected: 0 },
  ]);
  const [second] = await shop().rows(
    `select finished_at, error, started_at > finished_at as later from maintenance_run where task = 'payments'`,
  );
  expect(second).toEqual({ ...first, later: true, error: expect.stringContaining('away') });
});

test('a provider that never answers is waited for no longer than it may take', async () => {
  const provider = new InMemoryPaymentProvider('mute');
  await pendingPayment(provider);
  provider.find = provider.cancel = () => new Promise(() => undefined);
  const options = {
    payments: [provider],
    tasks: ['payments'],
    providerTimeoutMs: 50,
  } satisfies MaintenanceOptions;
  const [limited] = await run(options);
  expect(limited?.error).toMatchObject({ cause: { message: expect.stringContaining('longer than 50 ms') } });
  await asAdmin(`update payment_transaction set checked_at = null where status = 'pending'`);
  const signal = AbortSignal.timeout(200);
  const startedAt = performance.now();
  await run({ ...options, providerTimeoutMs: 30_000, signal });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('several at once do each piece of work once', async () => {
  const carts = 300;
  await oldCarts(carts);
  const options = { tasks: ['old-carts', 'keys'], batchSize: 7 } satisfies MaintenanceOptions;
  const runs = await Promise.all(Array.from({ length: 4 }, () => affected(options)));
  expect(runs.reduce((sum, each) => sum + (each['old-carts'] ?? 0), 0)).toBe(carts);
});

test('a task that takes too long, or is stopped, leaves the rest for the next run', async () => {
  await oldCarts(25);
  const options = { tasks: ['old-carts'], batchSize: 1 } satisfies MaintenanceOptions;
  const [short] = await run({ ...options, maxTaskMs: 0 });
  expect(short).toMatchObject({ isUnfinished: true });
  const stop = new AbortController();
  stop.abort();
  expect(await run({ ...options, signal: stop.signal })).toEqual([]);
  const rest = await affected(options);
  expect((short?.affected ?? 0) + (rest['old-carts'] ?? 0)).toBe(25);
});

test('it is refused within a transaction', async () => {
  const within = shop()
    .em()
    .transactional(async (em) => await maintain(em));
  await expect(within).rejects.toMatchObject({ code: 'transaction-open' });
});

test('a task that ran in the future, by the clock of another server, is due', async () => {
  const task = { tasks: ['tokens'], intervalsMs: [3_600_000n] };
  await maintain(shop().em(), { tasks: ['tokens'] });
  expect(await dueTasks(shop().em(), task)).toEqual([]);
  await shop().rows(
    `update maintenance_run set started_at = now() + interval '2 hours' where task = 'tokens'`,
  );
  expect(await dueTasks(shop().em(), task)).toEqual([{ task: 'tokens' }]);
  await maintain(shop().em(), { tasks: ['tokens'] });
  expect(await dueTasks(shop().em(), task)).toEqual([]);
});

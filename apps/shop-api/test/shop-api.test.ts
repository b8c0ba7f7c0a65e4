import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type FakeStripe, startFakeStripe } from '@ecommerce-dms/entities/testing';
import { UserError } from '@ecommerce-dms/errors';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '@ecommerce-dms/entities';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { errorStatus } from '../src/error-status.ts';
import { adminToken, catalogTemplate, runWorkerUntil, ShopClient, ShopServer, urlAs } from './shop-server.ts';

let database: { url: string; drop(): Promise<void> };
let fake: FakeStripe;
let server: ShopServer;
let environment: NodeJS.ProcessEnv;
let orm: MikroORM;

const rows = async (sql: string) => await orm.em.fork().execute<Record<string, unknown>[]>(sql);

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

beforeAll(async () => {
  database = await createTestDatabase({ template: catalogTemplate });
  orm = await MikroORM.init({ ...ormOptions({ url: database.url }), logger: () => undefined });
  const port = await freePort();
  fake = await startFakeStripe({
    webhookUrl: `http://127.0.0.1:${port}/webhooks/stripe`,
    webhookCopies: 2,
  });
  environment = {
    DATABASE_URL: urlAs(database.url, 'shop_app'),
    STRIPE_WEBHOOK_SECRET: fake.webhookSecret,
    STRIPE_FAKE_PORT: String(fake.clientConfig.port),
  };
  server = new ShopServer(port, environment);
  await server.start();
});

afterEach(() => {
  fake.beforeAnswer = undefined;
});

afterAll(async () => {
  await fake?.close();
  await server?.kill();
  await orm?.close(true);
  await database?.drop();
});

const client = () => new ShopClient(server.url);
const asAdmin = { headers: { authorization: `Bearer ${adminToken}` } };
/** A server that is killed takes some seconds to be there again, more where the machine is busy. */
const killing = { timeout: 180_000 };

const address = { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' };

/** A variant of the catalog that is in stock. */
async function variantForSale(): Promise<string> {
  const [row] = await rows(`select v.id from product_variant v join stock_level l on l.variant_id = v.id
    join price on price.variant_id = v.id join product p on p.id = v.product_id
    where p.status = 'active' and v.deleted_at is null and on_hand - reserved > 20 and currency_code = 'USD' limit 1`);
  return String(row?.['id']);
}

/** A cart with one unit, and the request to check it out for what it costs. */
async function cartToOrder(buyer: ShopClient) {
  const { json: cart } = await buyer.repeat('/carts', { body: { currencyCode: 'USD' }, key: '' });
  const line = { variantId: await variantForSale(), quantity: 1 };
  await buyer.repeat(`/carts/${cart['id']}/lines`, { body: line, key: randomUUID() });
  const { json: quote } = await buyer.repeat(`/carts/${cart['id']}/quote`, {
    body: { destination: { countryCode: 'US' } },
    key: '',
  });
  const body = {
    email: 'ann@example.com',
    shippingAddress: address,
    expectedTotalMinor: quote['totalMinor'],
  };
  return { path: `/carts/${cart['id']}/checkout`, cartId: cart['id'], request: { body, key: randomUUID() } };
}

async function placedOrder(buyer: ShopClient): Promise<{ id: string; totalMinor: string }> {
  const { path, request } = await cartToOrder(buyer);
  const { status, json } = await buyer.repeat(path, request);
  expect({ status, json }).toMatchObject({ status: 200 });
  return json as never;
}

const ordersOf = async (cartId: unknown) =>
  await rows(`select id, status from sales_order where cart_id = '${String(cartId)}'`);

test('a purchase: search, cart, quote, checkout, 3-D Secure, webhook, capture, refund, return', async () => {
  const buyer = client();
  const search = await buyer.send('/products?text=shirt&currency=USD');
  expect(search).toMatchObject({ status: 200, json: { products: expect.any(Array) } });
  const [product] = search.json['products'] as unknown as { handle: string }[];
  const page = await buyer.send(`/products/${product?.handle}?currency=USD`);
  expect(page).toMatchObject({ status: 200, json: { variants: expect.any(Array) } });
  const { id, totalMinor } = await placedOrder(buyer);
  const pay = { body: { paymentMethod: 'pm_card_authenticationRequired' }, key: randomUUID() };
  const waiting = await buyer.send(`/orders/${id}/payments`, pay);
  expect(waiting.json).toMatchObject({ orderStatus: 'pending', nextAction: { kind: 'client-secret' } });
  const [secret = ''] = Object(waiting.json['nextAction']).clientSecret.split('_secret');
  fake.books.authenticate(secret, true);
  await expect
    .poll(async () => (await buyer.send(`/orders/${id}/payments`, pay)).json)
    .toMatchObject({
      orderStatus: 'confirmed',
      authorizedMinor: totalMinor,
    });
  const { paymentId } = waiting.json as { paymentId: string };
  const capture = { body: {}, key: randomUUID(), ...asAdmin };
  expect(await buyer.send(`/admin/payments/${paymentId}/capture`, capture)).toMatchObject({
    json: { capturedMinor: totalMinor },
  });
  const { json: order } = await buyer.send(`/orders/${id}`);
  expect(order).toMatchObject({ id, status: 'confirmed' });
  const { json } = await buyer.send('/admin/orders?status=confirmed', asAdmin);
  expect(json['orders']).toContainEqual(expect.objectContaining({ id, totalMinor }));

  const parts = { body: { shipping: 'all' }, key: randomUUID(), ...asAdmin };
  const proposal = await buyer.send(`/admin/orders/${id}/refund-proposal`, parts);
  expect(proposal).toMatchObject({ status: 200, json: { grossMinor: order['shippingMinor'] } });
  for (let times = 0; times < 2; times++) {
    expect((await buyer.send(`/admin/orders/${id}/refund`, parts)).json).toMatchObject({
      grossMinor: order['shippingMinor'],
      openMinor: '0',
    });
  }
  expect((await buyer.send(`/admin/orders/${id}/credit-notes`, asAdmin)).json).toMatchObject({
    creditNotes: [{ grossMinor: order['shippingMinor'], actor: 'admin' }],
  });

  const admin = (body: object) => ({ body, key: randomUUID(), ...asAdmin });
  expect(await buyer.send(`/admin/orders/${id}/ship`, admin({}))).toMatchObject({
    json: { orderStatus: 'shipped' },
  });
  const lines = (order['lines'] as { lineId: string }[]).map(({ lineId }) => ({ lineId, quantity: 1 }));
  const asked = await buyer.send(`/orders/${id}/returns`, { body: { lines }, key: randomUUID() });
  const returned = `/admin/returns/${asked.json['returnId']}`;
  expect((await buyer.send(`${returned}/approve`, admin({}))).json).toMatchObject({ status: 'approved' });
  const goods = admin({ lines: lines.map((line) => ({ ...line, restock: true })) });
  expect((await buyer.send(`${returned}/goods`, goods)).json).toMatchObject({ orderStatus: 'returned' });
  expect((await buyer.send(`${returned}/refund`, admin({}))).json).toMatchObject({ openMinor: '0' });
  expect((await buyer.send(`/admin/orders/${id}/returns`, asAdmin)).json).toMatchObject({
    returns: [{ status: 'refunded' }],
  });
  const [refunded] = await rows(
    `select refunded_minor::text as minor, status from payment where id = '${paymentId}'`,
  );
  expect(refunded).toEqual({ minor: totalMinor, status: 'refunded' });
});

test('killed between checkout and payment: the same keys, one order, one charge', killing, async () => {
  const buyer = client();
  const { path, cartId, request } = await cartToOrder(buyer);
  const first = await buyer.send(path, request);
  await server.restart();
  expect(await buyer.repeat(path, request)).toEqual(first);
  expect(await ordersOf(cartId)).toEqual([{ id: first.json['id'], status: 'pending' }]);
  const before = fake.books.all('charge').length;
  const pay = { body: { paymentMethod: 'pm_card_visa' }, key: randomUUID() };
  const paid = await buyer.repeat(`/orders/${first.json['id']}/payments`, pay);
  await server.restart();
  expect(await buyer.repeat(`/orders/${first.json['id']}/payments`, pay)).toEqual(paid);
  expect(fake.books.all('charge').length - before).toBe(1);
});

test(
  'killed while Stripe has the payment and its answer is on the way: the same key, one charge',
  killing,
  async () => {
    const buyer = client();
    const order = await placedOrder(buyer);
    const before = fake.books.all('charge').length;
    fake.beforeAnswer = async () => {
      fake.beforeAnswer = undefined;
      await server.kill();
    };
    const pay = { body: { paymentMethod: 'pm_card_visa' }, key: randomUUID() };
    await expect(buyer.send(`/orders/${order.id}/payments`, pay)).rejects.toThrow('fetch failed');
    expect(fake.books.all('charge').length - before).toBe(1);
    await server.start();
    expect(await buyer.repeat(`/orders/${order.id}/payments`, pay)).toMatchObject({
      status: 200,
      json: { orderStatus: 'confirmed', authorizedMinor: order.totalMinor },
    });
    expect(fake.books.all('charge').length - before).toBe(1);
  },
);

test(
  '12 buyers, while the server is killed again and again: 12 orders, each paid once',
  killing,
  async () => {
    const chargesBefore = fake.books.all('charge').length;
    const kills = 4;
    const killings = (async () => {
      for (let kill = 0; kill < kills; kill++) {
        await setTimeout(300 + Math.random() * 700);
        await server.restart();
      }
    })();
    const purchases = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const buyer = client();
        const { path, cartId, request } = await cartToOrder(buyer);
        const order = await buyer.repeat(path, request);
        expect(order).toMatchObject({ status: 200 });
        const paymentMethod = index % 3 === 0 ? 'pm_card_authenticationRequired' : 'pm_card_visa';
        const pay = { body: { paymentMethod }, key: randomUUID() };
        const payments = `/orders/${order.json['id']}/payments`;
        const { json } = await buyer.repeat(payments, pay);
        const secret: string | undefined = Object(json['nextAction']).clientSecret;
        if (secret !== undefined) fake.books.authenticate(secret.split('_secret')[0] ?? '', true);
        // By the answer, or by the webhook, which is sent until it is received.
        await expect
          .poll(async () => (await buyer.repeat(payments, pay)).json, { timeout: 60_000, interval: 200 })
          .toMatchObject({ orderStatus: 'confirmed' });
        return { cartId, order: order.json };
      }),
    );
    await killings;
    expect(fake.books.all('charge').length - chargesBefore).toBe(12);
    for (const { cartId, order } of purchases) {
      expect(await ordersOf(cartId)).toEqual([{ id: order['id'], status: 'confirmed' }]);
    }
  },
);

test('the worker publishes the events of an order, and ends when it is told to', killing, async () => {
  await placedOrder(client());
  expect(await runWorkerUntil('order.placed', environment)).toBe(0);
});

test('errors have the status of the table, with code, message and hint', async () => {
  const buyer = client();
  const { path, request } = await cartToOrder(buyer);
  const changed = { ...request, body: { ...request.body, expectedTotalMinor: '1' } };
  expect(await buyer.send(path, changed)).toMatchObject({
    status: 409,
    json: {
      error: { code: 'total-changed', hint: expect.any(String), quote: { totalMinor: expect.any(String) } },
    },
  });
  const otherGoods = { ...request, body: { ...request.body, expectedQuote: 'x' } };
  expect(await buyer.send(path, otherGoods)).toMatchObject({
    status: 409,
    json: { error: { code: 'quote-changed', quote: { fingerprint: expect.any(String) } } },
  });
  expect(await buyer.send(path, { ...request, body: { ...request.body, email: 'abc' } })).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid-input' } },
  });
  expect(await buyer.send(path, { body: { email: 1 }, key: 'x' })).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid-input', message: expect.stringContaining('shippingAddress') } },
  });
  expect(await buyer.send(path, { body: request.body })).toMatchObject({ status: 400 });
  const order = await placedOrder(buyer);
  const pay = { body: { paymentMethod: 'pm_card_chargeDeclined' }, key: randomUUID() };
  expect(await buyer.send(`/orders/${order.id}/payments`, pay)).toMatchObject({
    status: 402,
    json: { error: { code: 'payment-declined' } },
  });
  expect(await buyer.send('/products/none?currency=USD')).toMatchObject({ status: 404 });
  expect(await buyer.send('/none')).toMatchObject({ status: 404 });
});

test.each([
  { authorization: '', status: 401 },
  { authorization: 'Bearer ', status: 401 },
  { authorization: `Bearer ${adminToken}x`, status: 401 },
  { authorization: `Bearer ${adminToken}`, status: 200 },
])('the routes of the staff need their token: $authorization is answered $status', async (each) => {
  const { authorization, status } = each;
  expect(await client().send('/admin/orders', { headers: { authorization } })).toMatchObject({ status });
});

test('a forged webhook is refused, and a forged cookie is ignored', async () => {
  const forged = fake.sign('{"type":"payment_intent.succeeded"}').headers['stripe-signature'] ?? '';
  expect(
    await client().send('/webhooks/stripe', { body: { type: 'x' }, headers: { 'stripe-signature': forged } }),
  ).toMatchObject({ status: 400, json: { error: { code: 'webhook-signature-mismatch' } } });
  const headers = { cookie: 'shop_position=x' };
  expect(await client().send('/products', { headers })).toMatchObject({ status: 200 });
});

test('the API is described in OpenAPI 3.1, with every route and amounts as texts', async () => {
  const { json } = await client().send('/openapi.json');
  expect(json).toMatchObject({ openapi: '3.1.0' });
  expect(Object.keys(Object(json['paths']))).toEqual([
    '/admin/orders',
    '/admin/payments/{paymentId}/capture',
    '/admin/orders/{orderId}/ship',
    '/admin/orders/{orderId}/refund-proposal',
    '/admin/orders/{orderId}/refund',
    '/admin/orders/{orderId}/credit-notes',
    '/admin/orders/{orderId}/returns',
    '/admin/returns/{returnId}/goods',
    '/admin/returns/{returnId}/refund',
    '/admin/returns/{returnId}/{decision}',
    '/products',
    '/products/{handle}',
    '/carts',
    '/carts/{cartId}/lines',
    '/carts/{cartId}/quote',
    '/carts/{cartId}/checkout',
    '/orders/{orderId}/payments',
    '/orders/{orderId}/returns',
    '/orders/{orderId}',
  ]);
  expect(JSON.stringify(json['paths'])).toContain('"totalMinor":{"type":"string"');
});

test.each([
  { what: 'the client shows the new state, and asks again', code: 'order-not-covered', status: 409 },
  { what: 'the adapter of the payment provider is wrong', code: 'payment-answer-unreadable', status: 500 },
  { what: 'the settings do not fit the provider', code: 'payment-feature-unsupported', status: 500 },
  { what: 'the shop has set no rate', code: 'tax-class-without-rate', status: 500 },
  { what: 'the input is wrong', code: 'number-too-large', status: 400 },
] as const)('$code is answered $status: $what', ({ code, status }) => {
  expect(errorStatus(new UserError(code, ''))).toBe(status);
});

test('a server that is told to end answers what is under way', killing, async () => {
  const buyer = client();
  const order = await placedOrder(buyer);
  fake.beforeAnswer = async () => {
    fake.beforeAnswer = undefined;
    const ending = server.kill('SIGTERM');
    await setTimeout(200);
    ending.catch(() => undefined);
  };
  const pay = { body: { paymentMethod: 'pm_card_visa' }, key: randomUUID() };
  expect(await buyer.send(`/orders/${order.id}/payments`, pay)).toMatchObject({ status: 200 });
  await server.restart();
});

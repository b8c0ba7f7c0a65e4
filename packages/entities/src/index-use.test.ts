import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { seed } from '@ecommerce-dms/seeder';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Client, type Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectPlans, type ExplainedStatement, explaining } from '../test/explained-plans.ts';
import { insertLargeCatalog } from '../test/large-catalog.ts';
import { checkout, quoteCart } from '../test/placed-order.ts';
import { shopTemplate } from '../test/shop-database.ts';
import {
  addToCart,
  approveReturn,
  authorizePayment,
  cancelOrder,
  capturePayment,
  exportPerson,
  expireCarts,
  expireHolds,
  getCart,
  getOrder,
  getProduct,
  listCreditNotes,
  listReturns,
  searchOrders,
  listSetAsideEvents,
  maintain,
  openCart,
  type OrderSearch,
  ormOptions,
  receiveReturn,
  refreshCart,
  refundOrder,
  refundReturn,
  replayEvent,
  requestReturn,
  searchProducts,
  shipOrder,
  sweepPendingTransactions,
} from './index.ts';
import { executeBound } from './runtime/execute-bound.ts';
import { takeTurn } from './runtime/lease-events.ts';
import { shopPlan } from './seed/index.ts';
import { InMemoryPaymentProvider } from './testing/index.ts';

// Of fewer rows, the planner rightly prefers other plans. A million by hand: SHOP_ORDERS=1000000 SHOP_PRODUCTS=50000.
const orders = Number(process.env['SHOP_ORDERS'] ?? 25_000);
const products = Number(process.env['SHOP_PRODUCTS'] ?? 10_000);
/** A table of fewer rows may be read from end to end. */
const largeTableRows = 8000;

let database: TestDatabase;
let admin: Client;
let orm: MikroORM;
let large: Set<string>;
const statements: ExplainedStatement[] = [];
/** The indexes that operations have used. */
const used = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase({ template: shopTemplate });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await insertLargeCatalog(admin, products);
  await admin.query('analyze');
  await seed({ url: database.url, plan: shopPlan({ orders, at: new Date() }), seed: 1 });
  await admin.query('vacuum analyze');
  const { rows } = await admin.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
     and reltuples >= ${largeTableRows}`,
  );
  large = new Set(rows.map(({ name }) => name));
  const url = new URL(database.url);
  url.searchParams.set('options', `${explaining} -c role=shop_app`);
  const options = ormOptions({ url: url.href });
  orm = await MikroORM.init({
    ...options,
    driverOptions: {
      ...options.driverOptions,
      onPoolCreated: (pool: Pool) => collectPlans(pool, statements),
    },
    logger: () => undefined,
  });
}, 600_000);

afterAll(async () => {
  await orm?.close(true);
  await admin?.end();
  await database?.drop();
});

/** Runs an operation; what it read from end to end of the large tables, statement by statement. */
async function scansOf(operation: (em: EntityManager) => Promise<unknown>): Promise<ExplainedStatement[]> {
  statements.length = 0;
  await operation(orm.em.fork());
  expect(statements.length).toBeGreaterThan(0);
  for (const index of statements.flatMap(({ indexes }) => indexes)) used.add(index);
  return statements.filter(({ scanned }) => scanned.some((table) => large.has(table)));
}

const one = async (sql: string) => (await admin.query<{ id: string }>(sql)).rows[0]?.id ?? '';
const provider = new InMemoryPaymentProvider();
const address = { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' };

async function placedOrder(em: EntityManager, priceList = 'base'): Promise<string> {
  const { id: cartId } = await openCart(em, { currencyCode: 'EUR', priceList });
  const { rows } = await admin.query<{ id: string }>(
    `select id from product_variant where sku in ('BULK-7-1', 'BULK-8-1', 'BULK-9-2')`,
  );
  for (const { id } of rows) await addToCart(em, { cartId, variantId: id, quantity: 2 });
  await refreshCart(em, { cartId });
  const { totalMinor } = await quoteCart(em, { cartId, destination: { countryCode: 'US' } });
  const request = {
    idempotencyKey: randomUUID(),
    cartId,
    email: 'ann@example.com',
    shippingAddress: address,
    expectedTotalMinor: totalMinor,
  };
  return (await checkout(em, request)).id;
}

async function paidOrder(em: EntityManager): Promise<string> {
  const orderId = await placedOrder(em);
  await authorizePayment(em, provider, { orderId, paymentMethod: 'tok', idempotencyKey: randomUUID() });
  return orderId;
}

/** The first page and the one after it. */
async function twoPages<Input extends object>(
  search: (input: Input & { cursor?: string }) => Promise<{ next: string | undefined }>,
  input: Input,
): Promise<void> {
  const { next } = await search(input);
  if (next) await search({ ...input, cursor: next });
}

const price = { currency: 'EUR' };

/** Searches of orders by each criterion and by each two of them, and by all. */
function orderSearches(): [string, (em: EntityManager) => Promise<unknown>][] {
  const criteria: Record<string, () => Promise<OrderSearch>> = {
    customer: async () => ({ customerId: await ofOrder('customer_id') }),
    address: async () => ({ email: await ofOrder('email') }),
    'frequent SKU': async () => ({
      sku: await one(`select sku as id from order_line group by sku order by count(*) desc limit 1`),
    }),
    'rare SKU': async () => ({
      sku: await one(`select sku as id from order_line group by sku order by count(*) limit 1`),
    }),
    // Nearly all are completed: with a frequent SKU, reading `status_index` from end to end is the shorter way here.
    status: async () => ({ status: 'shipped' }),
    'rare status': async () => ({ status: 'pending' }),
    time: async () => {
      const at = new Date(
        await one(`select percentile_disc(0.5) within group (order by placed_at)::text as id
        from sales_order`),
      );
      return { placedFrom: new Date(at.getTime() - 86_400_000), placedUntil: at };
    },
    'beginning of time': async () => ({ placedUntil: new Date('2100-01-01') }),
    number: async () => ({ number: BigInt(await ofOrder('number')) }),
  };
  const names = Object.keys(criteria);
  const pairs = names.flatMap((first, n) => names.slice(n).map((second) => [first, second]));
  return [...pairs, names].map((chosen) => [
    `orders by ${[...new Set(chosen)].join(' and ')}`,
    async (em) => {
      const search: OrderSearch = { limit: 20 };
      for (const name of chosen) Object.assign(search, await criteria[name]?.());
      const { next } = await searchOrders(em, search);
      if (next !== undefined) await searchOrders(em, { ...search, after: next });
    },
  ]);
}

const ofOrder = (column: string) =>
  one(`select ${column}::text as id from sales_order where customer_id is not null and email is not null
    order by placed_at offset 100 limit 1`);

test.each<[string, (em: EntityManager) => Promise<unknown>]>([
  ['cart and checkout', placedOrder],
  ['cart and checkout by a price list', (em) => placedOrder(em, 'sale')],
  [
    'pay and ship',
    async (em) => shipOrder(em, { orderId: await paidOrder(em), idempotencyKey: randomUUID() }),
  ],
  [
    'capture, ship, and refund what came back',
    async (em) => {
      const orderId = await paidOrder(em);
      const paymentId = await one(`select id from payment where order_id = '${orderId}'`);
      const lineId = await one(`select id from order_line where order_id = '${orderId}' limit 1`);
      const lines = [{ lineId, quantity: 1 }];
      const key = () => ({ idempotencyKey: randomUUID() });
      await capturePayment(em, provider, { ...key(), paymentId });
      await shipOrder(em, { ...key(), orderId });
      const { returnId } = await requestReturn(em, { ...key(), orderId, lines });
      await approveReturn(em, { returnId });
      await receiveReturn(em, { ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }] });
      await refundReturn(em, provider, { ...key(), returnId });
      await refundOrder(em, provider, { ...key(), orderId, lines });
      await listCreditNotes(em, { orderId });
      await listReturns(em, { orderId });
    },
  ],
  ['cancel', async (em) => cancelOrder(em, { orderId: await placedOrder(em) })],
  [
    'the orders of a customer',
    async (em) => {
      const customerId = await one(
        `select customer_id as id from sales_order where customer_id is not null limit 1`,
      );
      await searchOrders(em, { customerId });
      await searchOrders(em, { customerId, status: 'completed', limit: 1 });
    },
  ],
  [
    'all orders',
    async (em) => {
      const { next } = await searchOrders(em, { limit: 20 });
      await searchOrders(em, { limit: 20, after: next ?? '' });
    },
  ],
  ['orders of a status', (em) => searchOrders(em, { status: 'pending', limit: 20 })],
  ...orderSearches(),
  ['an order', async (em) => getOrder(em, { orderId: await one(`select id from sales_order limit 1`) })],
  [
    'a cart',
    async (em) => getCart(em, { cartId: await one(`select id from cart where status = 'open' limit 1`) }),
  ],
  ['a product page', (em) => getProduct(em, { handle: 'bulk-42', currency: 'EUR' })],
  ['the newest products', (em) => twoPages((input) => searchProducts(em, input), { price })],
  [
    'the newest products of a category',
    (em) => twoPages((input) => searchProducts(em, input), { categoryPath: 'root_1.below_1', price }),
  ],
  [
    'facets of what is found',
    (em) =>
      searchProducts(em, {
        attributes: { weight: { min: 10, max: 50 } },
        price,
        facets: { priceBoundsMinor: [5000n, 10_000n] },
      }),
  ],
  [
    'products by attributes',
    (em) => twoPages((input) => searchProducts(em, input), { attributes: { color: ['color 7'] } }),
  ],
  [
    'products in a range of an attribute',
    (em) => twoPages((input) => searchProducts(em, input), { attributes: { weight: { min: 10, max: 50 } } }),
  ],
  ['words', (em) => twoPages((input) => searchProducts(em, input), { text: 'velvet vest', price })],
  [
    'words, newest first',
    (em) =>
      twoPages((input) => searchProducts(em, input), { text: 'velvet vest', price, sort: 'newest' as const }),
  ],
  [
    'words, cheapest first',
    (em) =>
      twoPages((input) => searchProducts(em, input), {
        text: 'velvet vest',
        price,
        sort: 'price-ascending' as const,
      }),
  ],
  ['words that no product has together', (em) => searchProducts(em, { text: 'velvet silk', price })],
  ['a frequent word', (em) => twoPages((input) => searchProducts(em, input), { text: 'velvet', price })],
  [
    'a word of all products, cheapest first',
    (em) =>
      twoPages((input) => searchProducts(em, input), {
        text: 'vendor',
        price,
        sort: 'price-ascending' as const,
      }),
  ],
  ['misspelt words', (em) => twoPages((input) => searchProducts(em, input), { text: 'velvt parca', price })],
  [
    'the newest products in a narrow range of prices',
    (em) => searchProducts(em, { price: { ...price, minMinor: 500n, maxMinor: 600n } }),
  ],
  ['facets of all products', (em) => searchProducts(em, { price, facets: {} })],
  [
    'facets of a frequent word',
    (em) => searchProducts(em, { text: 'velvet or silk or vest', price, facets: {} }),
  ],
  [
    'facets beside filters',
    (em) =>
      searchProducts(em, {
        categoryPath: 'root_1',
        attributes: { color: ['color 7'], weight: { max: 3000 } },
        price: { ...price, maxMinor: 50_000n },
        facets: { priceBoundsMinor: [5000n] },
      }),
  ],
  [
    'the cheapest products',
    (em) => twoPages((input) => searchProducts(em, input), { price, sort: 'price-ascending' as const }),
  ],
  [
    'the cheapest products by a price list',
    (em) =>
      twoPages((input) => searchProducts(em, input), {
        price,
        priceList: 'sale',
        sort: 'price-ascending' as const,
      }),
  ],
  ['words by a price list', (em) => searchProducts(em, { text: 'velvet vest', price, priceList: 'sale' })],
  [
    'the dearest products in a range',
    (em) =>
      twoPages((input) => searchProducts(em, input), {
        price: { ...price, minMinor: 500n, maxMinor: 1000n },
        sort: 'price-descending' as const,
      }),
  ],
  [
    'the outbox',
    async (em) => {
      const turn = { batchSize: 50, endsLapsed: true, leaseMs: 60_000, maxAttempts: 25 };
      const [leaseId, next] = [randomUUID(), randomUUID()];
      const leased = await takeTurn(em, { ...turn, deliveries: [], lastLeaseId: leaseId, leaseId });
      const deliveries = leased.events.map((event) => ({ event, result: 'published' as const }));
      await takeTurn(em, { ...turn, deliveries, lastLeaseId: leaseId, leaseId: next });
    },
  ],
  [
    'events that were set aside',
    async (em) => {
      await listSetAsideEvents(em);
      await replayEvent(em, { id: 1n }).catch(() => undefined);
    },
  ],
  ['expired holds', (em) => expireHolds(em)],
  ['pending transactions', (em) => sweepPendingTransactions(em, provider)],
  [
    'the maintenance',
    async (em) => {
      const runs = await maintain(em, { payments: [provider], ages: { cartDays: 300, outboxDays: 300 } });
      expect(runs.filter(({ error, isUnfinished }) => error !== undefined || isUnfinished)).toEqual([]);
    },
  ],
  [
    'the data of a person',
    async (em) =>
      exportPerson(em, {
        email: await one(`select email as id from customer where email is not null limit 1`),
      }),
  ],
])('%s: no large table is read from end to end', async (_what, operation) => {
  expect(await scansOf(operation)).toEqual([]);
});

test('expired carts are closed in batches of 1000, on an index', async () => {
  await admin.query(
    `insert into cart (currency_code, expires_at)
     select 'EUR', now() + interval '1 day' - n % 8 * interval '230 minutes' from generate_series(1, 20000) n`,
  );
  await admin.query('analyze cart');
  let closed = 0;
  expect(await scansOf(async (em) => (closed = await expireCarts(em)))).toEqual([]);
  expect(large).toContain('cart');
  expect(closed).toBeGreaterThanOrEqual(2500);
  const batches = statements.filter(({ sql }) => sql.startsWith('with due as'));
  expect(batches).toHaveLength(Math.floor(closed / 1000) + 1);
});

test('of a word that all products have, the cheapest are found; their facets are capped', async () => {
  const { products: found, facets } = await searchProducts(orm.em.fork(), {
    text: 'vendor',
    price,
    sort: 'price-ascending',
    limit: 100,
    facets: {},
  });
  const { rows } = await admin.query<{ amount: string }>(
    `select min(amount_minor) as amount from price join product_variant v on v.id = variant_id
     where price_list_code = 'base'
     group by product_id order by 1 limit 100`,
  );
  expect(found.map(({ fromMinor }) => fromMinor)).toEqual(rows.map(({ amount }) => BigInt(amount)));
  expect(facets?.isCapped).toBe(true);
  expect(facets?.categories.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});

test('a statement has the plan that it has in production', async () => {
  // Only for a known value can the planner leave the first condition out.
  const text = 'select title from product where $1::uuid is null or id = $1';
  const run = (isPrepared: boolean) =>
    scansOf((em) => executeBound(em, { text, values: [randomUUID()], isPrepared }));
  expect((await run(true)).flatMap(({ scanned }) => scanned)).toEqual(['product']);
  expect(await run(false)).toEqual([]);
});

test('a statement that does read one is seen, in a trigger, too', async () => {
  const scans = await scansOf((em) => em.execute(`select count(*) from sales_order where email like '%x%'`));
  expect(scans.flatMap(({ scanned }) => scanned)).toEqual(['sales_order']);
});

/** Indexes that no operation above uses, and why they are there. */
const reasons: Record<string, string> = {
  audit_log_entity_index: 'an auditor asks what happened to a row',
  category_parent_id_index: 'moveCategory: the categories below, in a trigger',
  coupon_promotion_id_index: 'the coupons of a promotion',
  coupon_redemption_coupon_id_index: 'a trigger counts the uses of a coupon as its limit changes',
  customer_token_customer_id_index: 'a new password ends the sessions of a customer',
  customer_token_expires_at_index: 'removeExpiredTokens',
  idempotency_key_expires_at_index: 'removeExpiredKeys',
  outbox_event_aggregate_index: 'the events of an aggregate that wait for an earlier one',
  outbox_event_retry_index:
    'relayOutbox: the events whose retry is due; of few, the planner may read another index',
  payment_capture_before_index:
    'sweepPendingTransactions: the authorizations that end; generated data has none',
  payment_transaction_shipment_id_index:
    'capturePayment: what was taken for a shipment; generated data has none',
  price_variant_id_index:
    'the prices of a variant, of which it has few: the planner may prefer price_no_overlap',
  product_media_variant_id_index: 'the images of a variant that is deleted lose it',
  promotion_automatic_index:
    'quotes and checkouts: the promotions that are valid now; generated data has few',
  promotion_target_promotion_id_index: 'the targets of a promotion; generated data has none',
  return_request_order_id_index: 'the returns of an order; generated data has none',
  stock_level_location_id_index: 'the stock of a location',
  stock_movement_reservation_id_index: 'returnLines: what has come back of a hold',
  stock_movement_variant_id_location_id_index: 'the ledger of a stock level',
};

test('every index is used by an operation, keeps a rule, or is named with its reason', async () => {
  const { rows } = await admin.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace and c.relispartition = false
       and not i.indisunique and not i.indisexclusion and i.indrelid <> 'migration_ledger'::regclass
     order by 1`,
  );
  const unused = rows.map(({ name }) => name).filter((name) => !used.has(name));
  expect(unused.filter((name) => !Object.hasOwn(reasons, name))).toEqual([]);
  const names = new Set(rows.map(({ name }) => name));
  expect(Object.keys(reasons).filter((name) => !names.has(name))).toEqual([]);
});

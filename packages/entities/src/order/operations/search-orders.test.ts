import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { urlAs } from '../../../test/shop-database.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { searchOrders, type OrderSearch } from '../../index.ts';

const shop = useOpenShop();
const customerId = '00000000-0000-7000-8000-000000000001';

let owner: Client;

// Orders without lines, at times of their own: what the application cannot write.
beforeAll(async () => {
  owner = new Client({ connectionString: urlAs(String(shop().orm.config.get('clientUrl')), 'shop_owner') });
  await owner.connect();
  await owner.query('alter table sales_order disable trigger sales_order_sums');
  await shop().rows(`insert into customer (id, email) values ('${customerId}', 'ann@example.com')`);
  // Ten orders of the same microsecond, and 40 of others.
  await owner.query(
    `insert into sales_order (customer_id, email, currency_code, subtotal_minor, total_minor, placed_at)
     select case when n % 2 = 0 then '${customerId}'::uuid end,
       case when n % 7 = 0 then 'Bob@Example.com' end, 'EUR', n, n,
       timestamptz '2026-01-01' + greatest(n - 10, 0) * interval '1 microsecond'
     from generate_series(1, 50) n`,
  );
  await shop().rows(`update sales_order set status = 'cancelled' where total_minor % 5 = 0`);
  const variantId = await shop().offer(1);
  // Two lines of one SKU, too.
  await owner.query('alter table order_line disable trigger order_line_placed');
  await owner.query(
    `insert into order_line (order_id, position, variant_id, sku, title, quantity, unit_price_minor, total_minor)
     select id, position, '${variantId}', case when total_minor % 3 = 0 then 'HAT' else 'TEE' end, 'x', 1, 0, 0
     from sales_order, generate_series(1, 2) position`,
  );
});

afterAll(() => owner.end());

const list = (input?: OrderSearch) => searchOrders(shop().em(), input);

async function whole(input: OrderSearch): Promise<bigint[]> {
  const totals: bigint[] = [];
  let after: string | undefined;
  do {
    const page = await list({ ...input, limit: 3, ...(after ? { after } : {}) });
    totals.push(...page.orders.map(({ totalMinor }) => totalMinor));
    after = page.next;
    await owner.query(
      `insert into sales_order (customer_id, currency_code, subtotal_minor, total_minor)
       values ('${customerId}', 'EUR', 1000, 1000)`,
    );
  } while (after);
  // Those that were placed before.
  return totals.filter((total) => total !== 1000n);
}

test('a listed order has what a list shows, and the page a cursor', async () => {
  const { orders, next } = await list({ customerId, limit: 1 });
  expect(orders).toEqual([
    {
      id: expect.any(String),
      number: expect.any(BigInt),
      customerId,
      email: undefined,
      status: 'cancelled',
      currencyCode: 'EUR',
      totalMinor: 50n,
      placedAt: new Date('2026-01-01T00:00:00Z'),
    },
  ]);
  expect(next).toBeDefined();
});

test.each<{ of: string; input: OrderSearch; count: number; everyNth: number }>([
  { of: 'a customer', input: { customerId }, count: 25, everyNth: 2 },
  { of: 'a status', input: { status: 'cancelled' }, count: 10, everyNth: 5 },
  { of: 'an address, in any case', input: { email: 'bOB@example.com' }, count: 7, everyNth: 7 },
  { of: 'a SKU', input: { sku: 'HAT' }, count: 16, everyNth: 3 },
  {
    of: 'an address and a customer',
    input: { email: 'bob@example.com', customerId },
    count: 3,
    everyNth: 14,
  },
  { of: 'a SKU and a status', input: { sku: 'HAT', status: 'cancelled' }, count: 3, everyNth: 15 },
  { of: 'a SKU of a customer', input: { sku: 'HAT', customerId }, count: 8, everyNth: 6 },
  {
    of: 'all of them',
    input: { sku: 'HAT', customerId, email: 'bob@example.com', status: 'pending' },
    count: 1,
    everyNth: 42,
  },
  { of: 'a customer and a status', input: { customerId, status: 'cancelled' }, count: 5, everyNth: 10 },
])('a list of $of has every order once, the last one first, while others are placed', async (listing) => {
  const { input, count, everyNth } = listing;
  const totals = (await whole(input)).map(Number);
  expect(totals).toHaveLength(count);
  expect(new Set(totals).size).toBe(count);
  expect(totals.every((total) => total % everyNth === 0)).toBe(true);
  const later = totals.filter((n) => n > 10);
  expect(totals.slice(0, later.length)).toEqual(later.toSorted((a, b) => b - a));
});

test('an order is found by its number, if it meets the other criteria', async () => {
  const listed = await list({ customerId, status: 'cancelled', limit: 1 });
  const [{ number = 0n, totalMinor } = {}] = listed.orders;
  const found = async (input: OrderSearch) =>
    (await list({ number, ...input })).orders.map((order) => order.totalMinor);
  expect(await found({})).toEqual([totalMinor]);
  expect(await found({ customerId, status: 'cancelled' })).toEqual([totalMinor]);
  expect(await found({ status: 'pending' })).toEqual([]);
  expect(await found({ sku: 'HAT' })).toEqual([]);
  expect(await found({ email: 'bob@example.com' })).toEqual([]);
  expect(await found({ number: 2n ** 62n })).toEqual([]);
});

test.each<{ of: string; more: OrderSearch; first: bigint; count: number }>([
  { of: 'any status', more: {}, first: 30n, count: 10 },
  { of: 'a status', more: { status: 'cancelled' }, first: 30n, count: 2 },
  { of: 'a customer', more: { customerId }, first: 30n, count: 5 },
])('of a time, of $of: its beginning is included, its end is not', async ({ more, first, count }) => {
  // A Date has milliseconds, the orders have microseconds.
  await owner.query(
    `update sales_order set placed_at = '2026-02-01'::timestamptz + total_minor * interval '1 second'
     where total_minor between 20 and 40`,
  );
  const placedFrom = new Date('2026-02-01T00:00:21Z');
  const placedUntil = new Date('2026-02-01T00:00:31Z');
  const { orders } = await list({ placedFrom, placedUntil, ...more });
  expect(orders.map(({ totalMinor }) => totalMinor)[0]).toBe(first);
  expect(orders).toHaveLength(count);
});

fuzzOperation(
  'searchOrders',
  shop,
  sample(searchOrders, async () => ({
    number: 1n,
    customerId,
    email: 'ann@example.com',
    sku: 'HAT',
    status: 'pending' as const,
    placedFrom: new Date('2026-01-01'),
    placedUntil: new Date('2026-03-01'),
    limit: 1,
    after: (await list({ limit: 1 })).next ?? '',
  })),
);

test('a bad limit or cursor is refused', async () => {
  await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(list({ after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-cursor' });
});

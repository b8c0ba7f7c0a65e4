import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { urlAs } from '../../../test/shop-database.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { listOrders, type OrderListing } from '../../index.ts';

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
    `insert into sales_order (customer_id, currency_code, subtotal_minor, total_minor, placed_at)
     select case when n % 2 = 0 then '${customerId}'::uuid end, 'EUR', n, n,
       timestamptz '2026-01-01' + greatest(n - 10, 0) * interval '1 microsecond'
     from generate_series(1, 50) n`,
  );
  await shop().rows(`update sales_order set status = 'cancelled' where total_minor % 5 = 0`);
});

afterAll(() => owner.end());

const list = (input?: OrderListing) => listOrders(shop().em(), input);

async function whole(input: OrderListing): Promise<bigint[]> {
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
      status: 'cancelled',
      currencyCode: 'EUR',
      totalMinor: 50n,
      placedAt: new Date('2026-01-01T00:00:00Z'),
    },
  ]);
  expect(next).toBeDefined();
});

test.each<{ of: string; input: OrderListing; count: number; everyNth: number }>([
  { of: 'a customer', input: { customerId }, count: 25, everyNth: 2 },
  { of: 'a status', input: { status: 'cancelled' }, count: 10, everyNth: 5 },
  { of: 'both', input: { customerId, status: 'cancelled' }, count: 5, everyNth: 10 },
])('a list of $of has every order once, the last one first, while others are placed', async (listing) => {
  const { input, count, everyNth } = listing;
  const totals = (await whole(input)).map(Number);
  expect(totals).toHaveLength(count);
  expect(new Set(totals).size).toBe(count);
  expect(totals.every((total) => total % everyNth === 0)).toBe(true);
  const later = totals.filter((n) => n > 10);
  expect(totals.slice(0, later.length)).toEqual(later.toSorted((a, b) => b - a));
});

test('a bad limit or cursor is refused', async () => {
  await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(list({ after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-cursor' });
});

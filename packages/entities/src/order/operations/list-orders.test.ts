import { beforeAll, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { listOrders, type OrderListing } from '../../index.ts';

const shop = useOpenShop();
const customerId = '00000000-0000-7000-8000-000000000001';

beforeAll(async () => {
  await shop().rows(`insert into customer (id, email) values ('${customerId}', 'ann@example.com')`);
  // Ten orders of the same microsecond, and 40 of others.
  await shop().rows(
    `insert into sales_order (customer_id, currency_code, subtotal_minor, total_minor, placed_at)
     select case when n % 2 = 0 then '${customerId}'::uuid end, 'EUR', n, n,
       timestamptz '2026-01-01' + greatest(n - 10, 0) * interval '1 microsecond'
     from generate_series(1, 50) n`,
  );
  await shop().rows(`update sales_order set status = 'cancelled' where total_minor % 5 = 0`);
});

const list = (input?: OrderListing) => listOrders(shop().orm.em.fork(), input);

async function whole(input: OrderListing): Promise<bigint[]> {
  const totals: bigint[] = [];
  let after: string | undefined;
  do {
    const page = await list({ ...input, limit: 3, ...(after ? { after } : {}) });
    totals.push(...page.orders.map(({ totalMinor }) => totalMinor));
    after = page.next;
    await shop().rows(
      `insert into sales_order (customer_id, currency_code, subtotal_minor, total_minor)
       values ('${customerId}', 'EUR', 1000, 1000)`,
    );
  } while (after);
  // Those that were placed before.
  return totals.filter((total) => total !== 1000n);
}

test('an order of the list', async () => {
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

test.each<[OrderListing, number, (n: number) => boolean]>([
  [{ customerId }, 25, (n) => n % 2 === 0],
  [{ status: 'cancelled' }, 10, (n) => n % 5 === 0],
  [{ customerId, status: 'cancelled' }, 5, (n) => n % 10 === 0],
])('%j: every order once, the last one first, while others are placed', async (input, count, expected) => {
  const totals = (await whole(input)).map(Number);
  expect(totals).toHaveLength(count);
  expect(new Set(totals).size).toBe(count);
  expect(totals.every(expected)).toBe(true);
  const later = totals.filter((n) => n > 10);
  expect(totals.slice(0, later.length)).toEqual(later.toSorted((a, b) => b - a));
});

test('what is no listing is refused', async () => {
  await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(list({ after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-cursor' });
});

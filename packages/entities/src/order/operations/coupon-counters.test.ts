import { Client } from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { superuser, waitForLocks } from '../../../test/placed-order.ts';
import { buy, offerCoupon, stockedVariants } from '../../../test/promoted-shop.ts';
import { applyCoupon, cancelOrder } from '../../index.ts';

const shop = useOpenShop();

/** A session of the application, in a transaction. */
async function transaction(isolation = 'read committed'): Promise<Client> {
  const client = new Client({ connectionString: String(shop().orm.config.get('clientUrl')) });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`begin isolation level ${isolation}; set local lock_timeout = '5s'`);
  return client;
}

/** An order of a guest with a use of the coupon, by statements alone. */
const use = (code: string, email = 'guest@example.com') =>
  `with o as (insert into sales_order (email, currency_code, subtotal_minor, discount_minor, total_minor)
     values ('${email}', 'EUR', 0, 0, 0) returning id)
   insert into coupon_redemption (order_id, coupon_id, discount_minor)
   select o.id, c.id, 0 from o, coupon c where c.code = '${code}'`;

/** Many uses, at once, past what an order needs. */
const uses = (code: string, count: number) =>
  `with o as (insert into sales_order (email, currency_code, subtotal_minor, total_minor)
     select 'guest-' || gen_random_uuid() || '@example.com', 'EUR', 0, 0 from generate_series(1, ${count}) returning id)
   insert into coupon_redemption (order_id, coupon_id, discount_minor)
   select o.id, c.id, 0 from o, coupon c where c.code = '${code}'`;

const counters = (code: string) =>
  shop().rows<{ uses: number; capacity: number }>(
    `select k.uses, k.capacity from coupon_counter k join coupon c on c.id = coupon_id
     where code = '${code}' order by shard`,
  );
const sum = (values: { uses: number }[]) => values.reduce((total, { uses }) => total + uses, 0);

// Of a few rows, the planner rightly prefers other plans.
beforeAll(async () => {
  await shop().rows(uses(await offerCoupon(shop()), 3000));
  const url = new URL(String(shop().orm.config.get('clientUrl')));
  url.searchParams.delete('options');
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query('analyze');
  await client.end();
});

/** What one more use reads of all uses, and of the counters. */
async function rowsRead(code: string): Promise<{ relation: string; rows: number }[]> {
  const client = await transaction();
  await client.query(use(code, 'last@example.com'));
  const { rows } = await client.query<{ relation: string; rows: number }>(
    `select relname as relation, (coalesce(pg_stat_get_xact_tuples_returned(oid), 0))::int as rows from pg_class
     where oid = 'coupon_redemption'::regclass
       or oid in (select indexrelid from pg_index where indrelid = 'coupon_redemption'::regclass)
     order by 1`,
  );
  await client.query('rollback');
  return rows;
}

test.each([{ limits: { usageLimit: 100_000 } }, { limits: { customerUsageLimit: 2 } }])(
  'a use of a coupon with $limits reads as much after 3,000 uses as after 30',
  async ({ limits }) => {
    const code = await offerCoupon(shop(), limits);
    await shop().rows(uses(code, 30));
    const before = await rowsRead(code);
    await shop().rows(uses(code, 2970));
    expect(await rowsRead(code)).toEqual(before);
    expect(Math.max(...before.map(({ rows }) => rows))).toBeLessThan(5);
  },
);

test('uses of a limited coupon do not wait for each other, up to 16 at a time', async () => {
  const code = await offerCoupon(shop(), { usageLimit: 100 });
  const sessions = await Promise.all(Array.from({ length: 16 }, () => transaction()));
  for (const [index, session] of sessions.entries()) await session.query(use(code, `${index}@example.com`));
  for (const session of sessions) await session.query('commit');
  const counted = await counters(code);
  expect(counted.map(({ uses }) => uses)).toEqual(Array.from({ length: 16 }, () => 1));
  expect(counted.map(({ capacity }) => capacity)).toEqual([
    7,
    7,
    7,
    7,
    ...Array.from({ length: 12 }, () => 6),
  ]);
});

test('the last use waits for one that is under way, and is made when that is rolled back', async () => {
  const code = await offerCoupon(shop(), { usageLimit: 1 });
  const [first, second] = [await transaction(), await transaction()];
  await first.query(use(code));
  const waiting = second.query(use(code, 'other@example.com'));
  await waitForLocks(await superuser(shop()), 1);
  await first.query('rollback');
  await waiting;
  await second.query('commit');
  expect(sum(await counters(code))).toBe(1);
});

test.each([
  { limits: { usageLimit: 1 }, isolation: 'repeatable read' },
  { limits: { usageLimit: 1 }, isolation: 'serializable' },
  { limits: { customerUsageLimit: 1 }, isolation: 'repeatable read' },
  { limits: { customerUsageLimit: 1 }, isolation: 'serializable' },
])('$isolation does not get past $limits', async ({ limits, isolation }) => {
  const code = await offerCoupon(shop(), limits);
  const late = await transaction(isolation);
  await late.query('select from coupon');
  await shop().rows(use(code));
  await expect(late.query(use(code))).rejects.toMatchObject({ code: '40001' });
});

test('a limit that is set, raised, lowered and taken away goes on from the uses there are', async () => {
  const code = await offerCoupon(shop());
  const limit = (to: number | null) =>
    shop().rows(`update coupon set usage_limit = ${to} where code = '${code}'`);
  await shop().rows(uses(code, 5));
  expect(await counters(code)).toEqual([]);
  await expect(limit(4)).rejects.toThrow(`The coupon ${code} was used 5 times: its limit cannot be 4`);
  await limit(6);
  await shop().rows(use(code));
  await expect(shop().rows(use(code))).rejects.toThrow('is used up');
  await limit(40);
  await shop().rows(uses(code, 34));
  await expect(shop().rows(use(code))).rejects.toThrow('is used up');
  expect(sum(await counters(code))).toBe(40);
  // As the hint says.
  await limit(40);
  await shop().rows(`update sales_order set status = 'cancelled' where id in (
    select order_id from coupon_redemption join coupon c on c.id = coupon_id where code = '${code}')`);
  expect(sum(await counters(code))).toBe(0);
  await limit(null);
  expect(await counters(code)).toEqual([]);
  await shop().rows(use(code));
});

test('a limit that is set waits for the uses that are under way, and counts them', async () => {
  const code = await offerCoupon(shop());
  const [using, releasing] = [await transaction(), await transaction()];
  await shop().rows(use(code, 'released@example.com'));
  await using.query(use(code));
  await releasing.query(`update sales_order set status = 'cancelled' where email = 'released@example.com'`);
  const limiting = shop().rows(`update coupon set usage_limit = 1 where code = '${code}'`);
  await waitForLocks(await superuser(shop()), 1);
  await releasing.query('commit');
  await using.query('commit');
  await limiting;
  expect(await counters(code)).toEqual([{ uses: 1, capacity: 1 }]);
  await expect(shop().rows(use(code))).rejects.toThrow('is used up');
});

test('a limit is not changed where a snapshot hides uses', async () => {
  const code = await offerCoupon(shop());
  const session = await transaction('repeatable read');
  await expect(session.query(`update coupon set usage_limit = 1 where code = '${code}'`)).rejects.toThrow(
    'is changed in a transaction that is read committed',
  );
});

test('cancellations that give many uses back at once do not deadlock', async () => {
  const code = await offerCoupon(shop(), { usageLimit: 40 });
  const variantIds = await stockedVariants(shop(), 40);
  const orders = await Promise.all(
    variantIds.map(async (variantId, index) => {
      const cartId = await shop().cart({ [variantId]: 1 });
      await applyCoupon(shop().em(), { cartId, code });
      return await buy(shop(), cartId, { email: `buyer-${index}@example.com` });
    }),
  );
  expect(sum(await counters(code))).toBe(40);
  const halves = [orders.slice(0, 20), orders.slice(20).toReversed()];
  await Promise.all(
    halves.map((half) =>
      shop().rows(
        `update sales_order set status = 'cancelled' where id in (${half.map(({ id }) => `'${id}'`).join()})`,
      ),
    ),
  );
  expect(sum(await counters(code))).toBe(0);
  for (const { id: orderId } of orders) await cancelOrder(shop().em(), { orderId });
  expect(sum(await counters(code))).toBe(0);
});

test('after all of this, every count is right', async () => {
  const { rows } = await (await superuser(shop())).query('select from coupon_counter');
  expect(rows.length).toBeGreaterThan(0);
  const wrong = await shop().rows(
    `select coupon_id from coupon_counter k group by coupon_id
     having sum(uses) <> (select count(*) from coupon_redemption r where r.coupon_id = k.coupon_id and released_at is null)`,
  );
  expect(wrong).toEqual([]);
});

import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { validate } from '@ecommerce-dms/validator';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { insertCatalog } from '../../test/seed-catalog.ts';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import { statusIndexChecks } from '../checks/status-index-checks.ts';
import { ormOptions } from '../orm-options.ts';
import { ownerRole } from '../roles/index.ts';

// Migrations that copy rows while the shop goes on writing them: what is written meanwhile is in the copy, too.

async function openShop(): Promise<{ url: string; orm: MikroORM; connect: () => Promise<Client> }> {
  const database = await createTestDatabase({ template: shopTemplate });
  onTestFinished(() => database.drop());
  await insertCatalog(database.url);
  const orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(database.url, ownerRole) }),
    logger: () => undefined,
  });
  onTestFinished(() => orm.close(true));
  return {
    url: database.url,
    orm,
    connect: async () => {
      const client = new Client({ connectionString: database.url });
      client.on('error', () => {});
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    },
  };
}

/** Calls `step` over and over in four sessions while `work` is done. */
async function beside(
  connect: () => Promise<Client>,
  step: (client: Client, worker: number) => Promise<void>,
  work: () => Promise<unknown>,
): Promise<void> {
  const end = new AbortController();
  const workers = [0, 1, 2, 3].map(async (worker) => {
    const client = await connect();
    while (!end.signal.aborted) await step(client, worker);
  });
  await work();
  end.abort();
  await Promise.all(workers);
}

const any = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item;

test('the lines of carts are those of before, with all changes that were made meanwhile', async () => {
  const { orm, connect } = await openShop();
  await orm.migrator.down({ to: '20261130001001-tax-included' });
  const client = await connect();
  const { rows: variants } = await client.query<{ id: string }>('select id from product_variant limit 10');
  await client.query(`insert into cart (currency_code) select 'USD' from generate_series(1, 20000);
    insert into cart_line (cart_id, variant_id, quantity, unit_price_minor)
      select c.id, v.id, 1, 100 from cart c, (select id from product_variant limit 2) v`);
  // Each worker has carts of its own, and knows what is in them.
  const carts = await Promise.all(
    [0, 1, 2, 3].map(async (worker) => {
      const sql = 'select id from cart order by id limit 300 offset $1';
      return (await client.query<{ id: string }>(sql, [worker * 300])).rows.map(({ id }) => id);
    }),
  );
  const expected = new Map<string, number>();
  const { rows } = await client.query<{ cart_id: string; variant_id: string; quantity: number }>(
    'select cart_id, variant_id, quantity from cart_line where cart_id = any($1)',
    [carts.flat()],
  );
  for (const row of rows) expected.set(`${row.cart_id} ${row.variant_id}`, row.quantity);
  await beside(
    connect,
    async (session, worker) => {
      const [cart, variant] = [any(carts[worker] ?? []), any(variants).id];
      const key = `${cart} ${variant}`;
      const quantity = 1 + Math.floor(Math.random() * 99);
      if (!expected.has(key)) {
        await session.query('insert into cart_line values ($1, $2, $3, 100)', [cart, variant, quantity]);
        expected.set(key, quantity);
      } else if (quantity > 50) {
        await session.query('delete from cart_line where cart_id = $1 and variant_id = $2', [cart, variant]);
        expected.delete(key);
      } else {
        await session.query('update cart_line set quantity = $3 where cart_id = $1 and variant_id = $2', [
          cart,
          variant,
          quantity,
        ]);
        expected.set(key, quantity);
      }
    },
    () => orm.migrator.up({ to: '20261130002000-line-properties' }),
  );
  const { rows: now } = await client.query<{ cart_id: string; variant_id: string; quantity: number }>(
    'select cart_id, variant_id, quantity from cart_line where cart_id = any($1) and id = variant_id',
    [carts.flat()],
  );
  const actual = new Map(now.map((row) => [`${row.cart_id} ${row.variant_id}`, row.quantity]));
  expect(actual.size).toBe(expected.size);
  expect(actual).toEqual(expected);
  const { rows: others } = await client.query(
    'select count(*)::int from cart_line where cart_id <> all($1)',
    [carts.flat()],
  );
  expect(others).toEqual([{ count: (20_000 - 1200) * 2 }]);
});

test('the indexes of statuses are those of the rows, whatever changed its status meanwhile', async () => {
  const { url, orm, connect } = await openShop();
  await orm.migrator.down({ to: '20261130000700-coupon-counters' });
  const client = await connect();
  await client.query(`insert into customer (email) select 'c' || n || '@example.org' from generate_series(1, 2000) n;
    insert into cart (currency_code, customer_id) select 'USD', id from customer;
    insert into cart (currency_code) select 'USD' from generate_series(1, 20000)`);
  const { rows: customers } = await client.query<{ id: string }>('select id from customer limit 200');
  await beside(
    connect,
    async (session) => {
      const customer = any(customers).id;
      await session.query(`update cart set status = 'completed' where customer_id = $1 and status = 'open'`, [
        customer,
      ]);
      await session.query(
        `insert into cart (currency_code, customer_id) select 'USD', $1::uuid
         where not exists (select from cart where customer_id = $1 and status = 'open') on conflict do nothing`,
        [customer],
      );
      await session.query(
        `update cart set expires_at = expires_at + interval '1 s' where id = (
        select id from cart where customer_id = $1 and status = 'open')`,
        [customer],
      );
    },
    () => orm.migrator.up({ to: '20261130000710-hot-updates' }),
  );
  await orm.migrator.up();
  const { checks } = await validate({ url, checks: statusIndexChecks() });
  expect(checks.map(({ id, state, findings }) => ({ id, state, findings }))).toEqual(
    statusIndexChecks().map(({ id }) => ({ id, state: 'passed', findings: [] })),
  );
});

import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { digest, seed, type SeedResult } from '@ecommerce-dms/seeder';
import { validate } from '@ecommerce-dms/validator';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertCatalog } from '../../test/seed-catalog.ts';
import { seedInvariants } from '../../test/seed-invariants.ts';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import { shopChecks } from '../checks/index.ts';
import { ownerRole } from '../roles/index.ts';
import { shopPlan } from './shop-plan.ts';
import { shopTables } from './tables.ts';

const at = new Date();
const orderCount = 3000;
const catalogTemplate = {
  name: 'shop_with_catalog',
  async prepare(url: string) {
    await shopTemplate.prepare(url);
    await insertCatalog(url);
  },
};

describe('a shop of 3,000 orders', () => {
  let database: TestDatabase;
  let client: Client;
  let result: SeedResult;
  beforeAll(async () => {
    database = await createTestDatabase({ template: catalogTemplate });
    result = await seed({
      url: urlAs(database.url, ownerRole),
      plan: shopPlan({ orders: orderCount, at }),
      seed: 1,
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test.each(Object.entries(seedInvariants))('%s', async (_name, sql) => {
    const { rows } = await client.query(
      `select * from (${sql}) as broken limit 5`,
      sql.includes('$1') ? [at] : [],
    );
    expect(rows).toEqual([]);
  });

  test('nothing is overdue a month later', async () => {
    const sql = seedInvariants['no hold, cart, transaction or event is overdue'] ?? '';
    expect((await client.query(sql, [new Date(at.getTime() + 30 * 86_400_000)])).rows).toEqual([]);
  });

  test('passes the checks that the shop ships with', async () => {
    const { totals } = await validate({ url: database.url, checks: shopChecks() });
    expect(totals).toMatchObject({ failed: 0, error: 0, skipped: 0, warnings: 0 });
  });

  test('has orders of every status, and of every kind', async () => {
    const { rows } = await client.query<{ kind: string; count: number }>(`
      select status as kind, count(*)::int from sales_order where status <> 'pending' group by 1
      union all select 'tax included ' || tax_included, count(*)::int from sales_order group by tax_included
      union all select 'guest', count(*)::int from sales_order where customer_id is null
      union all select 'erased', count(*)::int from customer where erased_at is not null
      union all select 'refund', count(*)::int from payment_transaction where kind = 'refund'
      union all select 'part refund', count(*)::int from payment where status = 'captured' and refunded_minor > 0
      union all select 'refused', count(*)::int from payment where status = 'failed'
      union all select 'voided', count(*)::int from payment where status = 'voided'
      union all select 'cart ' || status, count(*)::int from cart group by status
      union all select 'held', count(*)::int from stock_reservation where status = 'held'
      union all select 'coupon ' || code, count(*)::int from coupon join coupon_redemption on coupon_id = id group by code
      union all select 'coupon given back', count(*)::int from coupon_redemption where released_at is not null
      union all select 'return refunded', count(*)::int from return_request where status = 'refunded'
      union all select 'properties in orders', count(properties)::int from order_line
      union all select 'properties in carts', count(properties)::int from cart_line
      union all select 'metadata', count(metadata)::int from sales_order
      union all select 'audit', count(*)::int from audit_log
      union all select 'idempotency', count(*)::int from idempotency_key`);
    const kinds = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
    expect(Object.entries(kinds).filter(([, count]) => count === 0)).toEqual([]);
    expect(Object.keys(kinds)).toEqual(
      expect.arrayContaining([
        'confirmed',
        'shipped',
        'completed',
        'cancelled',
        'returned',
        'cart open',
        'cart expired',
        'cart merged',
        'tax included true',
        'tax included false',
        'coupon DEMO10',
        'coupon DEMO15',
      ]),
    );
    expect(result.rows.sales_order).toBe(orderCount);
  });

  test('sells a few variants most, grows, and has a season', async () => {
    const { rows } = await client.query<{
      best: number;
      median: number;
      december: number;
      february: number;
    }>(`
      with sold as (select sum(quantity) as units from order_line group by variant_id)
      select (select max(units) from sold)::int as best,
             (select percentile_disc(0.5) within group (order by units) from sold)::int as median,
             (select count(*) from sales_order where extract(month from placed_at) = 12)::int as december,
             (select count(*) from sales_order where extract(month from placed_at) = 2)::int as february`);
    const [row] = rows;
    expect((row?.best ?? 0) / (row?.median ?? 1)).toBeGreaterThan(5);
    expect(row?.december).toBeGreaterThan((row?.february ?? 0) * 1.3);
  });
});

test('the same seed, moment and catalog give the same rows; an import of the catalog into another shop sells the same', async () => {
  const first = await createTestDatabase({ template: catalogTemplate });
  const second = await createTestDatabase({ template: catalogTemplate });
  const plan = shopPlan({ orders: 300, at: new Date('2026-06-15T12:00:00Z') });
  await seed({ url: first.url, plan, seed: 5 });
  await seed({ url: second.url, plan, seed: 5, connections: 1 });
  expect(await digest({ url: second.url, tables: shopTables })).toEqual(
    await digest({ url: first.url, tables: shopTables }),
  );
  await first.drop();
  await second.drop();
});

test('adds to a shop that has orders when told', async () => {
  const database = await createTestDatabase({ template: catalogTemplate });
  const { url } = database;
  await seed({ url, plan: shopPlan({ orders: 300, at }), seed: 1 });
  const more = { url, plan: shopPlan({ orders: 200, at }), seed: 2 };
  await expect(seed(more)).rejects.toMatchObject({ code: 'tables-not-empty' });
  await seed({ ...more, allowNonEmpty: true });

  const client = new Client({ connectionString: url });
  await client.connect();
  expect((await client.query('select count(*)::int from sales_order')).rows).toEqual([{ count: 500 }]);
  for (const [name, sql] of Object.entries(seedInvariants)) {
    const { rows } = await client.query(sql, sql.includes('$1') ? [at] : []);
    expect(rows, name).toEqual([]);
  }
  await client.end();
  await database.drop();
});

test('refuses an empty catalog', async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  await expect(seed({ url: database.url, plan: shopPlan({ at }), seed: 1 })).rejects.toMatchObject({
    code: 'nothing-for-sale',
  });
  await database.drop();
});

test.each([{ orders: -1, at }, { orders: 1.5, at }, { at: new Date('never') }])(
  'refuses the options %j',
  (options) => {
    expect(() => shopPlan(options)).toThrow(
      expect.objectContaining({ code: 'invalid-settings', exitCode: 2 }),
    );
  },
);

import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { catalogChecks, driftCheck, validate } from '@ecommerce-dms/validator';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { corruptions } from '../../test/corruptions/index.ts';
import { keptByTriggers } from '../../test/corruptions/status-index.ts';
import { urlAs } from '../../test/shop-database.ts';
import { hold, order, payment, validShopTemplate } from '../../test/valid-shop.ts';
import { ormOptions } from '../orm-options.ts';
import { shopChecks, type ShopCheckOptions } from './index.ts';

/** A shop in which `sql` was run past triggers and foreign keys. */
async function shop(sql = ''): Promise<string> {
  const { url, drop } = await createTestDatabase({ template: validShopTemplate });
  onTestFinished(drop);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`set session_replication_role = replica; ${sql}`);
  if (!/status_index|customer_open_cart/.test(sql)) await client.query(keptByTriggers);
  await client.end();
  return url;
}

async function failing(url: string, options: ShopCheckOptions = {}, paranoid = false): Promise<string[]> {
  const report = await validate({ url, checks: shopChecks(options), paranoid });
  expect(report.checks.filter((check) => check.state === 'error' || check.state === 'skipped')).toEqual([]);
  return report.checks
    .filter((check) => check.state === 'failed')
    .map((check) => check.id)
    .toSorted();
}

test('a valid shop keeps all invariants, its catalog and its schema included', async () => {
  const url = await shop();
  const checks = [...shopChecks(), ...catalogChecks(), driftCheck(ormOptions({ url }))];
  const report = await validate({ url, checks });
  expect(report.checks.filter((check) => check.state !== 'passed' && check.state !== 'proven')).toEqual([]);
  // What constraints guarantee is not read: one scan for each of the other sources.
  expect(report.checks.filter((check) => check.state === 'proven').map((check) => check.id)).toEqual([
    'order.total',
    'order.tax-rate',
    'payment.currency',
    'order-line.quantities',
    'inventory.oversell',
    'cart.one-order',
    'customer.erased',
  ]);
  expect(report.scans).toBe(47);
  expect(await failing(url, {}, true)).toEqual([]);
});

test.each(corruptions)('invariant $invariant: $what', async ({ sql, findings }) => {
  expect(await failing(await shop(sql))).toEqual(findings);
});

test.each([order.pending, order.completed])(
  'what is missing in the index of status, or wrong, is fixed as the check says',
  async (id) => {
    const url = await shop(`update status_index set status = 'confirmed' where id = '${id}'`);
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    expect(await failing(url)).toEqual(['status-index.rows']);
    await client.query(`delete from status_index where id = '${id}'`);
    await client.query(`update sales_order set status = status where id = '${id}'`);
    expect(await failing(url)).toEqual([]);
  },
);

test('every check has a corruption that it finds', () => {
  const found = new Set(corruptions.flatMap(({ findings }) => findings));
  expect(
    shopChecks()
      .map((check) => check.id)
      .filter((id) => !found.has(id)),
  ).toEqual([]);
});

test('what was written past a constraint that still stands is found when paranoid', async () => {
  const url = await shop(`update payment set currency_code = 'USD' where status = 'pending'`);
  expect(await failing(url)).toEqual([]);
  expect(await failing(url, {}, true)).toEqual(['payment.currency']);
});

test('what is late is reported only after its grace', async () => {
  const url = await shop(
    `update stock_reservation set expires_at = now() - interval '5 minutes' where id = '${hold.pending}'`,
  );
  expect(await failing(url)).toEqual([]);
  expect(await failing(url, { holdGraceMs: 60_000 })).toEqual(['inventory.expired-hold']);
});

test('a cancelled order has time to give its money back', async () => {
  const earlier = `now() - interval '5 minutes'`;
  const url =
    await shop(`update payment_transaction set status = 'failed' where payment_id = '${payment.cancelled}' and kind = 'void';
    update payment_transaction set completed_at = ${earlier} where payment_id = '${payment.cancelled}';
    update payment set status = 'authorized' where id = '${payment.cancelled}';
    update order_status_history set changed_at = ${earlier} where order_id = '${order.cancelled}'`);
  expect(await failing(url)).toEqual([]);
  expect(await failing(url, { returnMoneyGraceMs: 60_000 })).toEqual(['order.cancelled-money']);
});

test('a price is asked for in each currency that is sold in', async () => {
  const url = await shop();
  expect(await failing(url, { currencies: ['EUR'] })).toEqual([]);
  expect(await failing(url, { currencies: ['EUR', 'USD'] })).toEqual(['variant.base-price']);
});

test('the readonly role validates all but the credentials', async () => {
  const report = await validate({ url: urlAs(await shop(), 'shop_readonly'), checks: shopChecks() });
  const others = report.checks.filter((check) => check.state !== 'passed' && check.state !== 'proven');
  expect(others.map((check) => [check.id, check.state])).toEqual([['customer.erased-credential', 'skipped']]);
});

import { Client } from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { useShopClient } from '../../../test/shop-client.ts';
import { urlAs } from '../../../test/shop-database.ts';
import { ids } from '../../../test/shop-fixture.ts';

const shop = useShopClient();

/** A session of the application. */
async function app(): Promise<Client> {
  const client = new Client({ connectionString: urlAs(shop.url, 'shop_app') });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const succeed = (key: string) =>
  `update payment_transaction set status = 'succeeded', completed_at = now() where idempotency_key = '${key}'`;
const begin = (key: string, kind: string, amountMinor: number) =>
  `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
   values ('${ids.payment}', '${kind}', ${amountMinor}, '${key}')`;
const insertPayment = (columns: string, values: string) =>
  `insert into payment (order_id, currency_code, provider, amount_minor, ${columns})
   values ('${ids.order}', 'EUR', 'test', 100, ${values})`;

beforeAll(async () => {
  await shop.client.query(`${succeed('key-1')};
    update payment set status = 'authorized', authorized_minor = 2600;`);
  await shop.client.query(`${begin('capture', 'capture', 1000)}; ${begin('refund', 'refund', 400)};
    ${succeed('capture')}; update payment set status = 'captured', captured_minor = 1000`);
});

const sums = 'payment_sums';
const permissionDenied = '42501';

/** Statements of the application, by what refuses them. */
const outcomes = {
  accepted: [
    // The whole outcome, as settleTransaction records it.
    `${succeed('refund')}; update payment set refunded_minor = 400`,
    `update payment set refunded_minor = 400; ${succeed('refund')}`,
    `update payment_transaction set status = 'failed', completed_at = now() where kind = 'refund'`,
    `${begin('more', 'capture', 500)}; ${succeed('more')}; update payment set captured_minor = 1500`,
    begin('pending', 'capture', 500),
    `update payment set status = status, provider_reference = 'another'`,
  ],
  [sums]: [
    // One half of it, or another amount.
    succeed('refund'),
    `update payment set refunded_minor = 400`,
    `update payment set captured_minor = 1001`,
    `update payment set captured_minor = 999`,
    `update payment set authorized_minor = 2000`,
    `update payment set status = 'refunded', captured_minor = 400, refunded_minor = 400; ${succeed('refund')}`,
    `${begin('more', 'capture', 500)}; ${succeed('more')}`,
    `${begin('more', 'authorize', 1)}; ${succeed('more')}`,
    // The check can be put off, not left out.
    `set constraints all deferred; update payment set captured_minor = 999`,
  ],
  // What succeeded stays so.
  payment_transaction_status_transition: [
    `update payment_transaction set status = 'failed' where kind = 'capture'`,
  ],
  [permissionDenied]: [
    // A payment that begins with money.
    insertPayment('authorized_minor', '100'),
    insertPayment('status, authorized_minor', `'authorized', 100`),
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key, status, completed_at)
     values ('${ids.payment}', 'refund', 1, 'late', 'succeeded', now())`,
    `update payment_transaction set amount_minor = 1`,
    `update payment_transaction set kind = 'void'`,
    `delete from payment_transaction`,
    `delete from payment`,
    `alter table payment disable trigger payment_sums`,
    `drop trigger payment_sums on payment`,
    `create or replace function check_payment_sums() returns trigger language sql as 'select null'`,
  ],
};

for (const [outcome, statements] of Object.entries(outcomes)) {
  test.each(statements)(`the application: ${outcome}: %s`, async (sql) => {
    expect(await refusal(await app(), sql)).toBe(outcome);
  });
}

test.each([
  `delete from payment_transaction where kind = 'capture'`,
  `update payment_transaction set amount_minor = 999 where kind = 'capture'`,
  `update payment_transaction set kind = 'void' where kind = 'capture'`,
  `${insertPayment('id', `'${ids.customer}'`)};
   update payment_transaction set payment_id = '${ids.customer}' where kind = 'capture'`,
])('not even the owner: %s', async (sql) => {
  expect(await refusal(shop.client, sql)).toBe(sums);
});

test('the commit fails, and nothing of it is there', async () => {
  const client = await app();
  await client.query(`begin; ${succeed('refund')}`);
  await expect(client.query('commit')).rejects.toMatchObject({ constraint: sums, code: '23514' });
  const { rows } = await client.query(`select status from payment_transaction where kind = 'refund'`);
  expect(rows).toEqual([{ status: 'pending' }]);
});

test('two sessions cannot each keep the sums and break them together', async () => {
  const { rows } = await shop.client.query<{ id: string }>(
    `${insertPayment('authorized_minor', '0')} returning id`,
  );
  const paymentId = rows[0]?.id ?? '';
  const insert = (key: string, kind: string, amountMinor: number) =>
    begin(key, kind, amountMinor).replace(ids.payment, paymentId);
  // 50 were captured at once, which authorized them: 30 authorized beside that are no more.
  await shop.client.query(`${insert('now', 'capture', 50)}; ${succeed('now')};
    ${insert('first', 'authorize', 30)}; ${insert('second', 'authorize', 30)};
    update payment set status = 'captured', authorized_minor = 50, captured_minor = 50 where id = '${paymentId}'`);
  const [one, other] = [await app(), await app()];
  await one.query(`begin; ${succeed('first')}`);
  await other.query(`begin; ${succeed('second')}; commit`);
  await expect(one.query('commit')).rejects.toMatchObject({ constraint: sums });

  // Also where their checks run at the same time: the second waits for the first.
  const [third, fourth] = [await app(), await app()];
  await shop.client.query(insert('third', 'authorize', 20));
  await shop.client.query(insert('fourth', 'authorize', 20));
  await third.query(`begin; ${succeed('third')}; set constraints all immediate`);
  await fourth.query(`begin; ${succeed('fourth')}`);
  const waiting = fourth.query('commit').then(
    () => 'committed',
    (error: { constraint: string }) => error.constraint,
  );
  await third.query('commit');
  expect(await waiting).toBe(sums);
});

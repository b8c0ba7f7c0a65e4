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

test.each([
  // The whole outcome, as settleTransaction records it.
  ['accepted', `${succeed('refund')}; update payment set refunded_minor = 400`],
  ['accepted', `update payment set refunded_minor = 400; ${succeed('refund')}`],
  [
    'accepted',
    `update payment_transaction set status = 'failed', completed_at = now() where kind = 'refund'`,
  ],
  [
    'accepted',
    `${begin('more', 'capture', 600)}; ${succeed('more')}; update payment set captured_minor = 1600`,
  ],
  ['accepted', begin('pending', 'capture', 600)],
  ['accepted', `update payment set status = status, provider_reference = 'another'`],
  // One half of it, or another amount.
  [sums, succeed('refund')],
  [sums, `update payment set refunded_minor = 400`],
  [sums, `update payment set captured_minor = 1001`],
  [sums, `update payment set captured_minor = 999`],
  [sums, `update payment set authorized_minor = 2000`],
  [
    sums,
    `update payment set status = 'refunded', captured_minor = 400, refunded_minor = 400; ${succeed('refund')}`,
  ],
  [sums, `${begin('more', 'capture', 600)}; ${succeed('more')}`],
  [sums, `${begin('more', 'authorize', 1)}; ${succeed('more')}`],
  // A payment that begins with money.
  [sums, insertPayment('authorized_minor', '100')],
  ['payment_status_transition', insertPayment('status, authorized_minor', `'authorized', 100`)],
  // What succeeded stays so, and is not written after the fact.
  [
    'payment_transaction_status_transition',
    `update payment_transaction set status = 'failed' where kind = 'capture'`,
  ],
  [
    'payment_transaction_status_transition',
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key, status, completed_at)
     values ('${ids.payment}', 'refund', 1, 'late', 'succeeded', now())`,
  ],
  ['42501', `update payment_transaction set amount_minor = 1`],
  ['42501', `update payment_transaction set kind = 'void'`],
  ['42501', `delete from payment_transaction`],
  ['42501', `delete from payment`],
  // The check can be moved, not left out.
  [sums, `set constraints all deferred; update payment set captured_minor = 999`],
  ['42501', `alter table payment disable trigger payment_sums`],
  ['42501', `drop trigger payment_sums on payment`],
  ['42501', `create or replace function check_payment_sums() returns trigger language sql as 'select null'`],
])('the application: %s: %s', async (outcome, sql) => {
  expect(await refusal(await app(), sql)).toBe(outcome);
});

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

import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../test/order-shop.ts';
import {
  key,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  superuser,
  waitForLocks,
} from '../../test/placed-order.ts';
import { applicationSession, outcomeOf } from '../../test/plain-sql.ts';
import { createCoupons, createPromotion, receiveStock } from '../index.ts';

const { shop, em, provider } = useOrderShop();
const levels = ['read committed', 'repeatable read', 'serializable'] as const;

const session = () => applicationSession(shop());

/** An order of 2 units at 10.00 EUR, paid. */
const paid = async () => await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 2)]: 2 });

/** Another payment of the order, authorized in full. */
async function authorizeAgain(client: Client, orderId: string): Promise<string> {
  const id = randomUUID();
  await client.query(`insert into payment (id, order_id, currency_code, provider, amount_minor)
    values ('${id}', '${orderId}', 'EUR', 'test', 2000)`);
  await client.query(`insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
    values ('${id}', 'authorize', 2000, '${id}')`);
  await client.query(`begin;
    update payment_transaction set status = 'succeeded', completed_at = now() where idempotency_key = '${id}';
    update payment set status = 'authorized', authorized_minor = 2000 where id = '${id}'; commit`);
  return id;
}

const capture = (paymentId: string, amountMinor: number) =>
  `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
   values ('${paymentId}', 'capture', ${amountMinor}, '${randomUUID()}')`;
const creditOf = (orderId: string, lineId: string | undefined, netMinor: number) =>
  `with note as (
     insert into credit_note (order_id, net_minor, tax_minor) values ('${orderId}', ${netMinor}, 0) returning id)
   insert into credit_note_line (credit_note_id, order_line_id, quantity, net_minor, tax_minor)
   select id, ${lineId === undefined ? 'null, null' : `'${lineId}', 1`}, ${netMinor}, 0 from note`;

describe.each(levels)('%s', (level) => {
  const begin = `begin isolation level ${level}`;

  test('of a line, or of the shipping, no more is credited than it cost', async () => {
    const client = await session();
    const [cheap, dear] = [await stockedVariant(shop(), 1), await stockedVariant(shop(), 3)];
    const { orderId, lineIds } = await placePaidOrder(shop(), provider, { [cheap]: 1, [dear]: 3 });
    for (const sql of [creditOf(orderId, lineIds[0], 1001), creditOf(orderId, undefined, 1)]) {
      await client.query(begin);
      expect(await outcomeOf(client.query(sql))).toBe('credit_note_line_charged');
      await client.query('rollback');
    }
    // Nor in two notes, of two sessions at once.
    const other = await session();
    for (const each of [client, other]) await each.query(`${begin}; select from order_credit`);
    await client.query(creditOf(orderId, lineIds[1], 2000));
    const waiting = outcomeOf(other.query(creditOf(orderId, lineIds[1], 2000)));
    await waitForLocks(await superuser(shop()), 1);
    await client.query('commit');
    expect(await waiting).toBe(level === 'read committed' ? 'credit_note_line_charged' : '40001');
    await other.query('rollback');
  });

  test('no more is captured of an order than it costs, by two payments at once', async () => {
    const [one, other] = [await session(), await session()];
    const { orderId, paymentId } = await paid();
    const another = await authorizeAgain(one, orderId);
    for (const each of [one, other]) await each.query(`${begin}; select from payment`);
    await one.query(capture(paymentId, 1500));
    const waiting = outcomeOf(other.query(capture(another, 501)));
    await waitForLocks(await superuser(shop()), 1);
    await one.query('commit');
    expect(await waiting).toBe(level === 'read committed' ? 'payment_transaction_due' : '40001');
    await other.query('rollback');
    await one.query(begin);
    expect(await outcomeOf(one.query(capture(another, 500)))).toBe('done');
    await one.query('commit');
    expect(await outcomeOf(one.query(capture(another, 1)))).toBe('payment_transaction_due');
  });
});

describe('the application', () => {
  test('uses a coupon for no order of another transaction', async () => {
    const client = await session();
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    const { promotionId } = await createPromotion(em(), { name: 'Welcome', ratePpm: 100_000 });
    const code = `OTHER${randomUUID().slice(0, 8)}`.toUpperCase();
    await createCoupons(em(), { promotionId, codes: [code], usageLimit: 1 });
    const redeem = `insert into coupon_redemption (order_id, coupon_id, discount_minor)
      select '${orderId}', id, 0 from coupon where code = '${code}'`;
    expect(await outcomeOf(client.query(redeem))).toBe('coupon_redemption_placed');
  });

  test('changes no answer that a request has got', async () => {
    const client = await session();
    const request = { ...key(), locationId: '', lines: [{ variantId: '', quantity: 1 }] };
    const variantId = await stockedVariant(shop(), 1);
    const [location] = await shop().rows<{ id: string }>(`select id from stock_location limit 1`);
    await receiveStock(em(), {
      ...request,
      locationId: location?.id ?? '',
      lines: [{ variantId, quantity: 1 }],
    });
    const forge = `update idempotency_key set response = '{}' where key = '${request.idempotencyKey}'`;
    expect(await outcomeOf(client.query(forge))).toBe('idempotency_key_answered');
  });

  test('gives an order to nobody else', async () => {
    const client = await session();
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    const give = `update sales_order set email = 'eve@example.com' where id = '${orderId}'`;
    expect(await outcomeOf(client.query(give))).toBe('sales_order_email_kept');
    for (const column of ['customer_id', 'cart_id', 'total_minor', 'placed_at']) {
      expect(await outcomeOf(client.query(`update sales_order set ${column} = ${column}`))).toBe('42501');
    }
  });

  test('writes events, but not what has become of them', async () => {
    const client = await session();
    for (const column of ['created_at', 'published_at', 'attempts', 'set_aside_at', 'id']) {
      const forge = `insert into outbox_event (topic, aggregate_id, ${column})
        values ('order.paid', '${randomUUID()}', null)`;
      expect(await outcomeOf(client.query(forge)), column).toBe('42501');
    }
  });
});

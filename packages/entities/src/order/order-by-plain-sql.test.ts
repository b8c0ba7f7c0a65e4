import { randomUUID } from 'node:crypto';
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
import { authorizePayment, deliverShipment, returnLines, shipOrder } from '../index.ts';
import { refusal } from '../../test/refusal.ts';

const { shop, provider } = useOrderShop();
const levels = ['read committed', 'repeatable read', 'serializable'] as const;

const session = () => applicationSession(shop());

const insertOrder = (orderId: string, totalMinor: number) =>
  `insert into sales_order (id, currency_code, subtotal_minor, total_minor)
   values ('${orderId}', 'EUR', ${totalMinor}, ${totalMinor})`;
const insertLine = (orderId: string, variantId: string, { position = 1, priceMinor = 0 } = {}) =>
  `insert into order_line (order_id, position, variant_id, title, quantity, unit_price_minor, total_minor)
   values ('${orderId}', ${position}, '${variantId}', 'Tee', 1, ${priceMinor}, ${priceMinor})`;
const insertAdjustment = (orderId: string, amountMinor: number) =>
  `insert into order_adjustment (order_id, kind, code, amount_minor)
   values ('${orderId}', 'discount', 'MINE', ${amountMinor})`;
const setStatus = (orderId: string, status: string) =>
  `update sales_order set status = '${status}' where id = '${orderId}'`;
const insertShipment = (orderId: string) =>
  `insert into shipment (order_id, location_id)
   select '${orderId}', id from stock_location where code = 'location-0'`;

describe.each(levels)('%s', (level) => {
  const begin = `begin isolation level ${level}`;

  test('an order of 1 cent with a line of 99,999.00 is refused', async () => {
    const [client, orderId, variantId] = [await session(), randomUUID(), await shop().offer()];
    await client.query(`${begin}; ${insertOrder(orderId, 1)}`);
    const line = insertLine(orderId, variantId, { priceMinor: 9_999_900 });
    expect(await outcomeOf(client.query(line))).toBe('order_line_placed');
    await client.query('rollback');

    await client.query(
      `${begin}; ${insertOrder(orderId, 2)}; ${insertLine(orderId, variantId, { priceMinor: 1 })}`,
    );
    expect(await outcomeOf(client.query('commit'))).toBe('sales_order_sums');
  });

  test('an order whose sums were checked early gets nothing more', async () => {
    const [client, orderId] = [await session(), randomUUID()];
    const [variantId, other] = [await shop().offer(), await shop().offer()];
    await client.query(`${begin}; ${insertOrder(orderId, 1)}; ${insertLine(orderId, variantId, { priceMinor: 1 })};
      set constraints all immediate; savepoint checked`);
    const line = insertLine(orderId, other, { position: 2, priceMinor: 1 });
    expect(await outcomeOf(client.query(line))).toBe('order_line_placed');
    await client.query('rollback to checked');
    expect(await outcomeOf(client.query(insertAdjustment(orderId, 1)))).toBe('order_adjustment_placed');
    await client.query('rollback');
  });

  test('a placed order gets no line and no adjustment, not even one of 0', async () => {
    const [client, variantId, other] = [
      await session(),
      await stockedVariant(shop(), 1),
      await shop().offer(),
    ];
    const { orderId } = await placeOrder(shop(), { [variantId]: 1 });
    for (const [sql, constraint] of [
      [insertLine(orderId, other, { position: 2, priceMinor: 500 }), 'order_line_placed'],
      [insertLine(orderId, other, { position: 2 }), 'order_line_placed'],
      [insertAdjustment(orderId, 500), 'order_adjustment_placed'],
      [insertAdjustment(orderId, 0), 'order_adjustment_placed'],
    ] as const) {
      await client.query(begin);
      expect(await outcomeOf(client.query(`${sql}; commit`))).toBe(constraint);
      await client.query('rollback');
    }
  });

  test('an unpaid order is neither confirmed nor shipped', async () => {
    const client = await session();
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    for (const [sql, constraint] of [
      [setStatus(orderId, 'confirmed'), 'sales_order_covered'],
      [insertShipment(orderId), 'shipment_order_confirmed'],
      [
        `update order_line set shipped_quantity = 1 where order_id = '${orderId}'`,
        'order_line_order_confirmed',
      ],
    ] as const) {
      await client.query(begin);
      expect(await outcomeOf(client.query(sql))).toBe(constraint);
      await client.query('rollback');
    }
  });

  test('an order is not confirmed on a payment that is being voided at the same time', async () => {
    const [buyer, voider] = [await session(), await session()];
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
    // Of 20.00: 10.00 are authorized, and so is the rest but for its confirmation.
    const { paymentId } = await authorizePayment(shop().em(), provider, {
      ...key(),
      orderId,
      paymentMethod: 'tok',
      amountMinor: 1000n,
    });
    await buyer.query(`${begin}; select from sales_order`);
    const rest = randomUUID();
    await buyer.query(`insert into payment (id, order_id, currency_code, provider, amount_minor)
      values ('${rest}', '${orderId}', 'EUR', 'test', 1000);
      insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
      values ('${rest}', 'authorize', 1000, '${rest}');
      update payment_transaction set status = 'succeeded', completed_at = now() where idempotency_key = '${rest}';
      update payment set status = 'authorized', authorized_minor = 1000 where id = '${rest}'`);
    await voider.query(`begin isolation level ${level}; insert into payment_transaction
      (payment_id, kind, amount_minor, idempotency_key) values ('${paymentId}', 'void', 1000, '${randomUUID()}')`);
    const confirming = outcomeOf(buyer.query(setStatus(orderId, 'confirmed')));
    await waitForLocks(await superuser(shop()), 1);
    await voider.query('commit');
    expect(await confirming).toBe(level === 'read committed' ? 'sales_order_covered' : '40001');
    await buyer.query('rollback');
  });

  test.each(['the shipment', 'the cancellation'])(
    'an order is not shipped and cancelled at the same time: %s is first',
    async (first) => {
      const [shipper, canceller, admin] = [await session(), await session(), await superuser(shop())];
      const { orderId } = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 1)]: 1 });
      for (const each of [shipper, canceller]) await each.query(`${begin}; select from sales_order`);
      const changes = [
        { client: shipper, sql: insertShipment(orderId), refusedBy: 'shipment_order_confirmed' },
        { client: canceller, sql: setStatus(orderId, 'cancelled'), refusedBy: 'sales_order_not_shipped' },
      ];
      const [one, other] = first === 'the shipment' ? changes : changes.toReversed();
      if (one === undefined || other === undefined) throw new Error('There are two changes.');
      await one.client.query(one.sql);
      const waiting = outcomeOf(other.client.query(other.sql));
      await waitForLocks(admin, 1);
      await one.client.query('commit');
      expect(await waiting).toBe(level === 'read committed' ? other.refusedBy : '40001');
      await other.client.query('rollback');
      // It was one half of an operation: the checks at the end want all of it, or nothing.
      await admin.query(`set session_replication_role = replica; delete from shipment where order_id = '${orderId}';
        ${setStatus(orderId, 'confirmed')};
        update status_index set status = 'confirmed' where id = '${orderId}';
        delete from order_status_history where order_id = '${orderId}' and to_status = 'cancelled'`);
    },
  );
});

test('what was placed is not changed, not even by the owner', async () => {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
  const owner = await superuser(shop());
  for (const [sql, refusedBy] of [
    [`update order_line set quantity = 2, total_minor = 2000 where order_id = '${orderId}'`, '23001'],
    [`update order_line set title = 'Coat' where order_id = '${orderId}'`, '23001'],
    [`delete from order_line where order_id = '${orderId}'`, '23001'],
    [`update order_adjustment set amount_minor = 0`, '23001'],
    [`delete from order_adjustment`, '23001'],
    [
      `update sales_order set subtotal_minor = 1, total_minor = 1 where id = '${orderId}'`,
      'sales_order_sums',
    ],
  ] as const) {
    expect(await refusal(owner, sql)).toBe(refusedBy);
  }
});

test('the columns that never change of a line are all named by its trigger', async () => {
  const columns = await shop().rows<{ name: string }>(
    `select attname as name from pg_attribute a
     where attrelid = 'order_line'::regclass and attnum > 0 and not attisdropped and attnum <> all (
       select unnest(tgattr) from pg_trigger where tgname = 'order_line_append_only')`,
  );
  expect(columns.map(({ name }) => name)).toEqual([
    'shipped_quantity',
    'cancelled_quantity',
    'returned_quantity',
    // What is personal: a trigger of its own lets nothing but its erasure through.
    'properties',
  ]);
});

describe('the application', () => {
  const paid = async () => await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 2)]: 2 });

  test('says of an order no more than its goods have reached', async () => {
    const [client, { orderId, lineId }] = [await session(), await paid()];
    for (const status of ['shipped', 'partially_shipped']) {
      expect(await outcomeOf(client.query(setStatus(orderId, status)))).toBe('sales_order_fulfilled');
    }
    const { shipments } = await shipOrder(shop().em(), {
      ...key(),
      orderId,
      lines: [{ lineId, quantity: 1 }],
    });
    expect(await outcomeOf(client.query(setStatus(orderId, 'shipped')))).toBe('sales_order_fulfilled');
    await shipOrder(shop().em(), { ...key(), orderId });
    for (const status of ['completed', 'returned']) {
      expect(await outcomeOf(client.query(setStatus(orderId, status)))).toBe('sales_order_fulfilled');
    }
    await deliverShipment(shop().em(), { shipmentId: shipments[0]?.shipmentId ?? '' });
    expect(await outcomeOf(client.query(setStatus(orderId, 'completed')))).toBe('sales_order_fulfilled');
  });

  test('takes back nothing of what was counted', async () => {
    const [client, { orderId, lineId }] = [await session(), await paid()];
    await shipOrder(shop().em(), { ...key(), orderId });
    await returnLines(shop().em(), { ...key(), orderId, lines: [{ lineId, quantity: 1 }], restock: false });
    for (const column of ['shipped_quantity', 'returned_quantity']) {
      const back = `update order_line set ${column} = ${column} - 1 where id = '${lineId}'`;
      expect(await outcomeOf(client.query(back))).toBe('order_line_counts');
    }
  });

  test('names neither the time nor the maker of a request or a movement', async () => {
    const [client, { paymentId }] = [await session(), await paid()];
    const ask = (column: string, value: string) =>
      `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key, ${column})
       values ('${paymentId}', 'capture', 1, '${randomUUID()}', ${value})`;
    const move = (column: string, value: string) =>
      `insert into stock_movement (variant_id, location_id, kind, quantity, ${column})
       select variant_id, location_id, 'receipt', 1, ${value} from stock_level limit 1`;
    const pay = (column: string) =>
      `insert into payment (order_id, currency_code, provider, amount_minor, ${column})
       select order_id, 'EUR', 'x', 1, now() from payment limit 1`;
    const forged = [
      ask('actor', 'null'),
      ask('created_at', 'now()'),
      ask('completed_at', 'now()'),
      ask('settled_minor', '1'),
      move('actor', 'null'),
      move('created_at', 'now()'),
      pay('created_at'),
      pay('capture_before'),
    ];
    for (const sql of forged) expect(await outcomeOf(client.query(sql)), sql).toBe('42501');
  });
});

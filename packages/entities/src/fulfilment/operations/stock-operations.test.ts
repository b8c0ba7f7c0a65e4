import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  expireHoldsOf,
  key,
  locationId,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  stockOf,
  superuser,
} from '../../../test/placed-order.ts';
import { authorizePayment, expireHolds, receiveStock, returnMoney } from '../../index.ts';

const { shop, em, provider } = useOrderShop();

describe('expireHolds', () => {
  test('cancels unpaid orders in batches, each once, whatever the number of sweepers', async () => {
    const variantId = await stockedVariant(shop(), 50);
    const [kept, ...due] = await Promise.all(
      Array.from({ length: 13 }, () => placeOrder(shop(), { [variantId]: 2 })),
    );
    for (const order of due) await expireHoldsOf(shop(), order.orderId);
    const batches = await Promise.all(Array.from({ length: 6 }, () => expireHolds(em(), { limit: 3 })));
    const rest: string[] = [];
    for (let batch = await expireHolds(em()); batch.length > 0; batch = await expireHolds(em()))
      rest.push(...batch);
    expect([...batches.flat(), ...rest].toSorted()).toEqual(due.map((order) => order.orderId).toSorted());
    expect(batches.every((batch) => batch.length <= 3)).toBe(true);
    expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: 50, reserved: 2 }]);
    expect(
      await shop().rows(`select status, count(*)::int from sales_order o where exists (
        select from order_line l where l.order_id = o.id and variant_id = '${variantId}') group by status order by 1`),
    ).toEqual([
      { status: 'cancelled', count: 12 },
      { status: 'pending', count: 1 },
    ]);
    expect(
      await shop()
        .rows(`select distinct r.status from stock_reservation r join order_line l on l.id = order_line_id
        where l.order_id <> '${kept?.orderId}' and l.variant_id = '${variantId}'`),
    ).toEqual([{ status: 'expired' }]);
  });

  test('leaves a paid order, and one that somebody has locked; part payments are given back', async () => {
    const variantId = await stockedVariant(shop(), 50);
    const paid = await placePaidOrder(shop(), provider, { [variantId]: 1 });
    const { orderId } = await placeOrder(shop(), { [variantId]: 2 });
    const part = { ...key(), orderId, paymentMethod: 'tok', amountMinor: 500n };
    await authorizePayment(em(), provider, part);
    await expireHoldsOf(shop(), orderId);
    const locker = await superuser(shop());
    await locker.query(`begin; select from sales_order where id = '${orderId}' for no key update`);
    expect(await expireHolds(em())).toEqual([]);
    await locker.query('commit');
    expect(await expireHolds(em())).toEqual([orderId]);
    expect(await outcomes([authorizePayment(em(), provider, { ...part, ...key() })])).toEqual([
      'illegal-transition',
    ]);
    expect(await returnMoney(em(), provider, { orderId })).toMatchObject([{ status: 'voided' }]);
    expect(await shop().rows(`select status from sales_order where id = '${paid.orderId}'`)).toEqual([
      { status: 'confirmed' },
    ]);
    expect(await outcomes([expireHolds(em(), { limit: 0 })])).toEqual(['invalid-input']);
  });
});

describe('receiveStock', () => {
  test('adds once a key, with a row of the ledger, and opens levels that are new', async () => {
    const variantId = await stockedVariant(shop(), 3);
    await shop().offer(0, 0);
    const receipt = {
      ...key(),
      locationId: await locationId(shop(), 1),
      lines: [{ variantId, quantity: 4 }],
      note: 'PO 17',
    };
    const results = await Promise.all(Array.from({ length: 10 }, () => receiveStock(em(), receipt)));
    expect(results[9]).toEqual({ levels: [{ variantId, onHand: 4, reserved: 0, backordered: 0 }] });
    expect(
      await shop().rows(
        `select kind, quantity, note from stock_movement where variant_id = '${variantId}' order by id`,
      ),
    ).toEqual([
      { kind: 'receipt', quantity: 3, note: null },
      { kind: 'receipt', quantity: 4, note: 'PO 17' },
    ]);
    await expect(
      receiveStock(em(), { ...receipt, lines: [{ variantId, quantity: 5 }] }),
    ).rejects.toMatchObject({ code: 'idempotency-conflict' });
  });

  test('says which location and variants do not exist', async () => {
    const [location, variant] = [randomUUID(), randomUUID()];
    const lines = [{ variantId: variant, quantity: 1 }];
    await expect(receiveStock(em(), { ...key(), locationId: location, lines })).rejects.toMatchObject({
      code: 'stock-not-found',
      message: `There is no location ${location}, variant ${variant}.`,
    });
  });

  test('receipts of the same variants in any order add up, without deadlock', async () => {
    const variants = await Promise.all(Array.from({ length: 5 }, () => stockedVariant(shop(), 1)));
    const at = await locationId(shop());
    const codes = await outcomes(
      Array.from({ length: 30 }, (_, index) => {
        const order = index % 2 === 0 ? variants : variants.toReversed();
        const lines = order.map((variantId) => ({ variantId, quantity: 2 }));
        return receiveStock(em(), { ...key(), locationId: at, lines });
      }),
    );
    expect(new Set(codes)).toEqual(new Set(['done']));
    for (const variantId of variants)
      expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: 61, reserved: 0 }]);
  });
});

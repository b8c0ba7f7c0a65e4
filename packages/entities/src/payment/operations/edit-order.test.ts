import { expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
  stockOf,
  superuser,
  waitForLocks,
} from '../../../test/placed-order.ts';
import { buyWith, customer } from '../../../test/promoted-shop.ts';
import { refusal as refusalOf } from '../../../test/refusal.ts';
import {
  authorizePayment,
  cancelLines,
  cancelOrder,
  capturePayment,
  erasePerson,
  getOrder,
  noCharges,
  openCart,
  addToCart,
  orderEditsWith,
  type OrderEditRequest,
  type PriceCalculators,
  proposeRefund,
  refundOrder,
  refundPayment,
  returnMoney,
  setPrice,
  setTaxIncluded,
  shipOrder,
  taxByRegion,
  withRetry,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();
const { quoteOrderEdit, editOrder } = orderEditsWith({ tax: noCharges });

/** An edit for what it costs now. */
async function edit(request: Omit<OrderEditRequest, 'idempotencyKey' | 'expectedTotalMinor'>) {
  const { reason: _none, ...changes } = request;
  const { totalMinor } = await quoteOrderEdit(em(), changes);
  return await editOrder(em(), { ...key(), ...request, expectedTotalMinor: totalMinor });
}

const paid = async (units = 2) => {
  const variantId = await stockedVariant(shop(), 9);
  return { variantId, ...(await placePaidOrder(shop(), provider, { [variantId]: units })) };
};
const pay = (orderId: string, amountMinor: bigint) =>
  authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });

test('an edit adds lines, cancels units with a credit note, holds stock, and is shown with the order', async () => {
  const { orderId, lineId, variantId } = await paid();
  const other = await stockedVariant(shop(), 5);
  const changes = [
    { lineId, quantity: 1 },
    { variantId: other, quantity: 2, properties: { engraving: 'A' } },
  ];
  const quote = await quoteOrderEdit(em(), { orderId, changes });
  expect(quote).toMatchObject({
    number: 1,
    beforeMinor: 2000n,
    totalMinor: 3000n,
    addedMinor: 2000n,
    creditedMinor: 1000n,
    dueMinor: 1000n,
    cancelled: [{ lineId, quantity: 1 }],
  });
  const request = { ...key(), orderId, changes, expectedTotalMinor: 3000n, reason: 'wished' };
  const edited = await editOrder(em(), request);
  expect(edited).toMatchObject({ orderId, number: 1, totalMinor: 3000n, dueMinor: 1000n });
  expect(await editOrder(em(), request)).toEqual(edited);
  const order = await getOrder(em(), { orderId });
  expect(order).toMatchObject({
    status: 'confirmed',
    subtotalMinor: 4000n,
    totalMinor: 4000n,
    edits: [
      { number: 1, subtotalMinor: 2000n, taxMinor: 0n, creditNoteId: edited.creditNoteId, reason: 'wished' },
    ],
    lines: [
      { lineId, quantity: 2, cancelled: 1, editNumber: null },
      { lineId: edited.lineIds[0], quantity: 2, editNumber: 1, properties: { engraving: 'A' } },
    ],
  });
  expect(await stockOf(shop(), variantId)).toEqual([{ on_hand: 9, reserved: 1 }]);
  expect(await stockOf(shop(), other)).toEqual([{ on_hand: 5, reserved: 2 }]);
  // The holds of a confirmed order do not expire.
  expect(
    await shop().rows(
      `select expires_at from stock_reservation where order_line_id = '${edited.lineIds[0]}'`,
    ),
  ).toEqual([{ expires_at: null }]);
  expect(
    await shop().rows(`select topic from outbox_event where aggregate_id = '${orderId}' order by id`),
  ).toContainEqual({ topic: 'order.edited' });
  expect(
    await shop().rows(`select detail ->> 'reason' as reason from audit_log where entity_id = '${orderId}'
      and action = 'order.edit'`),
  ).toEqual([{ reason: 'wished' }]);
});

test('what was added is not shipped before it is paid, by the operation and by the database', async () => {
  const { orderId, lineId, variantId } = await paid(1);
  await edit({ orderId, changes: [{ lineId, quantity: 3 }] });
  await expect(shipOrder(em(), { ...key(), orderId })).rejects.toMatchObject({ code: 'order-not-covered' });
  const client = await superuser(shop());
  await client.query('set role shop_app');
  const location = (
    await client.query(`select location_id from stock_level where variant_id = $1`, [variantId])
  ).rows[0].location_id;
  await expect(
    client.query('insert into shipment (order_id, location_id) values ($1, $2)', [orderId, location]),
  ).rejects.toMatchObject({ constraint: 'sales_order_edit_covered' });
  await expect(
    client.query('update order_line set shipped_quantity = 1 where id = $1', [lineId]),
  ).rejects.toMatchObject({ constraint: 'sales_order_edit_covered' });
  await pay(orderId, 1000n);
  await expect(shipOrder(em(), { ...key(), orderId })).rejects.toMatchObject({ code: 'order-not-covered' });
  await pay(orderId, 1000n);
  expect(await shipOrder(em(), { ...key(), orderId })).toMatchObject({ orderStatus: 'shipped' });
});

test('a buyer who does not pay takes the line back, and the order is shipped as it was', async () => {
  const { orderId, variantId } = await paid(1);
  const { lineIds } = await edit({ orderId, changes: [{ variantId, quantity: 1 }] });
  const added = lineIds[0] ?? '';
  const back = await edit({ orderId, changes: [{ lineId: added, quantity: 0 }] });
  expect(back).toMatchObject({ number: 2, totalMinor: 1000n, dueMinor: 0n });
  expect(await shipOrder(em(), { ...key(), orderId })).toMatchObject({ orderStatus: 'shipped' });
});

test('cancelled and then credited, what was added needs no payment either', async () => {
  const { orderId, variantId } = await paid(1);
  const { lineIds } = await edit({ orderId, changes: [{ variantId, quantity: 2 }] });
  const lines = [{ lineId: lineIds[0] ?? '', quantity: 2 }];
  expect(await cancelLines(em(), { ...key(), orderId, lines })).toMatchObject({ cancelledMinor: 2000n });
  await refundOrder(em(), provider, { ...key(), orderId, lines });
  expect(await shipOrder(em(), { ...key(), orderId })).toMatchObject({ orderStatus: 'shipped' });
});

test('what was refunded without a credit note after a shipment is paid again, or cancelled and credited', async () => {
  for (const remedy of ['pay', 'credit'] as const) {
    const { orderId, lineId, variantId, paymentId } = await paid(2);
    const { lineIds } = await edit({ orderId, changes: [{ variantId, quantity: 1 }] });
    await pay(orderId, 1000n);
    await shipOrder(em(), { ...key(), orderId, lines: [{ lineId, quantity: 1 }] });
    await capturePayment(em(), provider, { ...key(), paymentId });
    await refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 100n });
    const hint = expect.stringContaining('cancelLines and refundOrder');
    await expect(shipOrder(em(), { ...key(), orderId })).rejects.toMatchObject({
      code: 'order-not-covered',
      hint,
    });
    if (remedy === 'pay') await pay(orderId, 100n);
    else {
      const lines = [{ lineId: lineIds[0] ?? '', quantity: 1 }];
      await cancelLines(em(), { ...key(), orderId, lines });
      await refundOrder(em(), provider, { ...key(), orderId, lines });
    }
    expect(await shipOrder(em(), { ...key(), orderId })).toMatchObject({ orderStatus: 'shipped' });
  }
});

test('what was captured above the new total goes back, and what was authorized is captured less', async () => {
  const captured = await paid(3);
  await capturePayment(em(), provider, { ...key(), paymentId: captured.paymentId });
  await edit({ orderId: captured.orderId, changes: [{ lineId: captured.lineId, quantity: 1 }] });
  await returnMoney(em(), provider, { orderId: captured.orderId });
  expect(await getOrder(em(), { orderId: captured.orderId })).toMatchObject({
    payments: [{ capturedMinor: 3000n, refundedMinor: 2000n }],
  });
  const authorized = await paid(3);
  await edit({ orderId: authorized.orderId, changes: [{ lineId: authorized.lineId, quantity: 1 }] });
  const { shipments } = await shipOrder(em(), { ...key(), orderId: authorized.orderId });
  await capturePayment(em(), provider, {
    ...key(),
    paymentId: authorized.paymentId,
    shipmentId: shipments[0]?.shipmentId ?? '',
  });
  expect(await getOrder(em(), { orderId: authorized.orderId })).toMatchObject({
    payments: [{ capturedMinor: 1000n, refundedMinor: 0n }],
  });
});

test('of an order whose credit note is of a free line, nothing goes back', async () => {
  const { orderId } = await paid(1);
  const variantId = await stockedVariant(shop(), 1);
  await setPrice(em(), { variantId, currency: 'EUR', amountMinor: 0n });
  const { lineIds } = await edit({ orderId, changes: [{ variantId, quantity: 1 }] });
  const { creditNoteId } = await edit({ orderId, changes: [{ lineId: lineIds[0] ?? '', quantity: 0 }] });
  expect(creditNoteId).toBeDefined();
  expect(await returnMoney(em(), provider, { orderId })).toEqual([]);
});

const taxed: PriceCalculators = {
  shipping: () => [{ code: 'standard', amountMinor: 499n }],
  tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true }]),
};
const taxedEdits = orderEditsWith(taxed);
const shippingAddress = { fullName: 'Ann', line1: 'Hauptstr. 1', city: 'Berlin', countryCode: 'DE' };

test.each([{ taxIncluded: false }, { taxIncluded: true }])(
  'shipments of an edited order capture all that it costs, refunds return it to the unit, tax included: $taxIncluded',
  async ({ taxIncluded }) => {
    await setTaxIncluded(em(), { currency: 'EUR', taxIncluded });
    try {
      const [first, second] = [await stockedVariant(shop(), 9), await stockedVariant(shop(), 9)];
      await shop().rows(`update price set amount_minor = 333 where variant_id = '${second}'`);
      const cartId = await shop().cart({ [first]: 3 });
      const { id: orderId, totalMinor } = await buyWith(shop(), taxed, cartId, {
        shippingAddress,
        adjustments: [
          { kind: 'discount', code: 'x', amountMinor: 100n },
          { kind: 'tax', code: 'VAT', amountMinor: 7n },
        ],
      });
      const payment = await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
      const { lines } = await getOrder(em(), { orderId });
      const lineId = lines[0]?.lineId ?? '';
      const before = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 3 }] });
      const changes = [
        { lineId, quantity: 1 },
        { variantId: second, quantity: 2 },
      ];
      const quote = await taxedEdits.quoteOrderEdit(em(), { orderId, changes });
      const taxOf = taxIncluded ? 106n : 127n;
      expect(quote).toMatchObject({
        addedTaxMinor: taxOf,
        addedMinor: taxIncluded ? 666n : 666n + taxOf,
        beforeMinor: totalMinor,
      });
      const edited = await taxedEdits.editOrder(em(), {
        ...key(),
        orderId,
        changes,
        expectedTotalMinor: quote.totalMinor,
      });
      // What was ordered keeps what it was charged: all three units of it still make the same amount.
      const left = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 1 }] });
      expect(left.grossMinor + quote.creditedMinor).toBe(before.grossMinor);
      if (edited.dueMinor > 0n) await pay(orderId, edited.dueMinor);
      // In two shipments, one for each line.
      const captures: bigint[] = [];
      for (const id of [lineId, edited.lineIds[0] ?? '']) {
        const quantity = id === lineId ? 1 : 2;
        const { shipments } = await shipOrder(em(), {
          ...key(),
          orderId,
          lines: [{ lineId: id, quantity }],
        });
        const state = await capturePayment(em(), provider, {
          ...key(),
          paymentId: payment.paymentId,
          shipmentId: shipments[0]?.shipmentId ?? '',
        });
        captures.push(state.capturedMinor);
      }
      expect(captures.at(-1)).toBe(quote.totalMinor);
      const all = { orderId, lines: [{ lineId, quantity: 1 }], shipping: 'all' as const };
      const rest = [{ lineId: edited.lineIds[0] ?? '', quantity: 2 }];
      await refundOrder(em(), provider, { ...key(), ...all });
      await refundOrder(em(), provider, { ...key(), orderId, lines: rest });
      const { payments } = await getOrder(em(), { orderId });
      expect(payments.reduce((sum, { refundedMinor }) => sum + refundedMinor, 0n)).toBe(quote.totalMinor);
    } finally {
      await setTaxIncluded(em(), { currency: 'EUR', taxIncluded: false });
    }
  },
);

test('an address in the same country and region is corrected, and no other', async () => {
  const { orderId } = await paid();
  const address = {
    fullName: 'Bob',
    line1: '2 Main St',
    city: 'Springfield',
    postalCode: '1',
    countryCode: 'US',
  };
  await edit({ orderId, shippingAddress: address });
  const { addresses, formerAddresses, edits, totalMinor } = await getOrder(em(), { orderId });
  expect(totalMinor).toBe(2000n);
  expect(edits).toMatchObject([{ addressChanged: true, creditNoteId: null }]);
  expect(addresses).toMatchObject([
    { kind: 'billing', fullName: 'Ann' },
    { kind: 'shipping', fullName: 'Bob', postalCode: '1' },
  ]);
  expect(formerAddresses).toMatchObject([{ kind: 'shipping', fullName: 'Ann', replacedBy: 1 }]);
  const client = await superuser(shop());
  for (const { change, refusedBy } of [
    { change: `line1 = '3 Main St' where replaced_by = 0`, refusedBy: 'order_address_edited' },
    { change: `full_name = 'Eve' where replaced_by = 1`, refusedBy: 'order_address_edited' },
    { change: 'replaced_by = 2 where replaced_by = 1', refusedBy: '42501' },
  ]) {
    const sql = `set local role shop_app; update order_address set ${change} and order_id = '${orderId}'`;
    expect(await refusalOf(client, sql)).toBe(refusedBy);
  }
  for (const elsewhere of [{ countryCode: 'DE' }, { region: 'NY' }]) {
    await expect(edit({ orderId, shippingAddress: { ...address, ...elsewhere } })).rejects.toMatchObject({
      code: 'destination-changed',
    });
  }
});

test.each<{
  what: string;
  code: string;
  changes: (order: { lineId: string }) => OrderEditRequest['changes'];
}>([
  { what: 'nothing', code: 'nothing-to-edit', changes: () => [] },
  { what: 'the same quantity', code: 'nothing-to-edit', changes: ({ lineId }) => [{ lineId, quantity: 2 }] },
  {
    what: 'the removal of all',
    code: 'order-left-empty',
    changes: ({ lineId }) => [{ lineId, quantity: 0 }],
  },
  {
    what: 'a line of another order',
    code: 'quantity-exceeded',
    changes: () => [{ lineId: '00000000-0000-7000-8000-000000000001', quantity: 0 }],
  },
  {
    what: 'a variant that is not sold',
    code: 'variant-not-for-sale',
    changes: () => [{ variantId: '00000000-0000-7000-8000-000000000001', quantity: 1 }],
  },
  {
    what: 'a line twice',
    code: 'invalid-input',
    changes: ({ lineId }) => [
      { lineId, quantity: 1 },
      { lineId, quantity: 3 },
    ],
  },
])('$what is refused: $code', async ({ code, changes }) => {
  const order = await paid();
  const request = { orderId: order.orderId, changes: changes(order) };
  await expect(quoteOrderEdit(em(), request)).rejects.toMatchObject({ code });
  await expect(editOrder(em(), { ...key(), ...request, expectedTotalMinor: 2000n })).rejects.toMatchObject({
    code,
  });
});

test('another total than the buyer agreed to, and more than there is, change nothing', async () => {
  const { orderId, lineId, variantId } = await paid();
  const state = () =>
    shop().rows(`select total_minor, (select count(*) from order_edit where order_id = o.id) as edits,
      (select count(*) from order_line where order_id = o.id) as lines,
      (select sum(cancelled_quantity) from order_line where order_id = o.id) as cancelled,
      (select sum(reserved) from stock_level where variant_id = '${variantId}') as reserved
      from sales_order o where id = '${orderId}'`);
  const before = await state();
  const changes = [{ variantId, quantity: 1 }];
  await expect(
    editOrder(em(), { ...key(), orderId, changes, expectedTotalMinor: 2999n }),
  ).rejects.toMatchObject({ code: 'total-changed', quote: { totalMinor: 3000n } });
  await expect(edit({ orderId, changes: [{ variantId, quantity: 8 }] })).rejects.toMatchObject({
    code: 'out-of-stock',
    lines: [{ requested: 8, available: 7 }],
  });
  // The unit that is taken off is free again for the one that is added.
  await expect(
    edit({
      orderId,
      changes: [
        { lineId, quantity: 1 },
        { variantId, quantity: 9 },
      ],
    }),
  ).rejects.toMatchObject({ code: 'out-of-stock', lines: [{ requested: 9, available: 8 }] });
  expect(await state()).toEqual(before);
});

test('only a confirmed order of which nothing was shipped is edited, and none of an erased buyer', async () => {
  const variantId = await stockedVariant(shop(), 9);
  const changes = [{ variantId, quantity: 1 }];
  const refused = expect.objectContaining({ code: 'order-not-open' });
  const pending = await placeOrder(shop(), { [variantId]: 1 });
  await expect(edit({ orderId: pending.orderId, changes })).rejects.toEqual(refused);
  await cancelOrder(em(), { orderId: pending.orderId });
  await expect(edit({ orderId: pending.orderId, changes })).rejects.toEqual(refused);
  const shipped = await paid();
  await shipOrder(em(), {
    ...key(),
    orderId: shipped.orderId,
    lines: [{ lineId: shipped.lineId, quantity: 1 }],
  });
  await expect(edit({ orderId: shipped.orderId, changes })).rejects.toEqual(refused);
  const customerId = await customer(shop(), 'erased-editor@example.com');
  const { id: cartId } = await openCart(em(), { currencyCode: 'EUR', customerId });
  await addToCart(em(), { cartId, variantId, quantity: 1 });
  const calculators = { shipping: noCharges, tax: noCharges };
  const { id: orderId } = await buyWith(shop(), calculators, cartId);
  await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
  await erasePerson(em(), { customerId });
  await expect(edit({ orderId, changes })).rejects.toEqual(refused);
  await expect(edit({ orderId: '00000000-0000-7000-8000-000000000001', changes })).rejects.toMatchObject({
    code: 'order-not-found',
  });
});

test('by plain SQL the application adds nothing to an order but by an edit that sums up', async () => {
  const { orderId, variantId } = await paid();
  const client = await superuser(shop());
  await client.query('set role shop_app');
  const line = (editNumber: number | null, totalMinor = 1000) =>
    `insert into order_line (id, order_id, position, variant_id, title, variant_title, quantity, unit_price_minor,
       price_list_code, total_minor, edit_number)
     values (gen_random_uuid(), '${orderId}', (select max(position) + 1 from order_line where order_id = '${orderId}'),
       '${variantId}', 'x', '', 1, ${totalMinor}, 'base', ${totalMinor}, ${editNumber})`;
  const edited = (number: number, subtotalMinor: number, taxMinor = 0) =>
    `insert into order_edit (order_id, number, subtotal_minor, tax_minor, address_changed)
     values ('${orderId}', ${number}, ${subtotalMinor}, ${taxMinor}, false)`;
  const refusal = async (...statements: string[]) => {
    await client.query('begin');
    try {
      for (const sql of statements) await client.query(sql);
      await client.query('commit');
      return 'accepted';
    } catch (error) {
      return (error as { constraint?: string; message: string }).constraint ?? (error as Error).message;
    } finally {
      await client.query('rollback');
    }
  };
  expect(await refusal(line(null))).toBe('order_line_placed');
  expect(await refusal(line(1))).toBe('order_line_placed');
  expect(await refusal(edited(1, 1000))).toMatch(/_sums$/);
  expect(await refusal(edited(1, 1000), line(null))).toBe('order_line_placed');
  expect(await refusal(edited(1, 1000), line(2))).toBe('order_line_placed');
  expect(await refusal(edited(1, 1000), line(1, 1001))).toBe('order_line_placed');
  expect(await refusal(edited(1, 1000), line(1, 999))).toMatch(/_sums$/);
  expect(await refusal(edited(1, 1000, 5), line(1))).toMatch(/_sums$/);
  // Two edits whose lines are exchanged make the sum of the order, and are wrong.
  expect(await refusal(edited(1, 1000), edited(2, 500), line(1, 500), line(2, 1000))).toBe('order_edit_sums');
  expect(await refusal(`update sales_order set total_minor = 1 where id = '${orderId}'`)).toMatch(
    /permission denied/,
  );
  const { creditNoteId } = await edit({
    orderId,
    changes: [
      { variantId, quantity: 2 },
      { lineId: (await getOrder(em(), { orderId })).lines[0]?.lineId ?? '', quantity: 1 },
    ],
  });
  expect(
    await refusal(
      `insert into order_edit (order_id, number, subtotal_minor, tax_minor, credit_note_id, address_changed)
       select '${(await paid()).orderId}', 1, 0, 0, '${creditNoteId}', false`,
    ),
  ).toMatch(/order_edit_(open|credit_note_id_unique)/);
  expect(await refusal(line(1))).toBe('order_line_placed');
  expect(await refusal(`update order_edit set number = 7 where order_id = '${orderId}'`)).toMatch(
    /permission denied/,
  );
});

test(
  '8 sessions that edit, pay, ship, cancel, capture and refund one order leave it right',
  { timeout: 180_000 },
  async () => {
    for (let round = 0; round < 12; round++) {
      const { orderId, lineId, variantId, paymentId } = await paid(3);
      const more = () => edit({ orderId, changes: [{ variantId, quantity: 1 }] });
      const lines = [{ lineId, quantity: 1 }];
      const tries = [
        more(),
        more(),
        edit({ orderId, changes: [{ lineId, quantity: 1 }] }),
        withRetry(em(), shipOrder, { ...key(), orderId, lines }),
        withRetry(em(), cancelLines, { ...key(), orderId, lines }),
        capturePayment(em(), provider, { ...key(), paymentId }),
        refundOrder(em(), provider, { ...key(), orderId, lines }),
        round % 3 === 0 ? withRetry(em(), cancelOrder, { orderId }) : pay(orderId, 1000n),
      ];
      const allowed = [
        'done',
        'total-changed',
        'order-not-open',
        'order-not-covered',
        'quantity-exceeded',
        'nothing-to-edit',
        'order-left-empty',
        'illegal-transition',
        'amount-exceeds-due',
        'amount-exceeds-captured',
        'nothing-to-ship',
        'amount-exceeds-authorized',
        'order-not-charged',
        'payment-not-open',
        'invalid-input',
        'nothing-to-refund',
      ];
      expect(allowed).toEqual(expect.arrayContaining([...new Set(await outcomes(tries))]));
      const { status, totalMinor, edits, lines: left } = await getOrder(em(), { orderId });
      expect(totalMinor).toBe(3000n + edits.reduce((sum, each) => sum + each.subtotalMinor, 0n));
      const open = left.reduce((sum, line) => sum + line.quantity - line.shipped - line.cancelled, 0);
      expect((await stockOf(shop(), variantId)) as { reserved: number }[]).toMatchObject([
        { reserved: status === 'cancelled' ? 0 : open },
      ]);
      if (status === 'cancelled') await returnMoney(em(), provider, { orderId });
    }
  },
);

test('two edits at the same time for the same total: one is made, the other asks again', async () => {
  const { orderId, variantId } = await paid();
  const changes = [{ variantId, quantity: 1 }];
  const request = () => ({ ...key(), orderId, changes, expectedTotalMinor: 3000n });
  const same = request();
  expect(await outcomes([editOrder(em(), request()), editOrder(em(), request())])).toEqual([
    'done',
    'total-changed',
  ]);
  const third = { ...same, expectedTotalMinor: 4000n };
  const all = await Promise.all(Array.from({ length: 8 }, () => editOrder(em(), third)));
  expect(new Set(all.map(({ number }) => number))).toEqual(new Set([2]));
});

test('edits that add and take off variants in any order, and checkouts of them, do not deadlock', async () => {
  const variants = await Promise.all(Array.from({ length: 4 }, () => stockedVariant(shop(), 400)));
  const orders = await Promise.all(
    Array.from({ length: 8 }, async () =>
      placePaidOrder(shop(), provider, Object.fromEntries(variants.map((id) => [id, 2]))),
    ),
  );
  const shuffled = <Item>(items: Item[]) => items.toSorted(() => Math.random() - 0.5);
  const tries = orders.flatMap(({ orderId, lineIds }) => [
    edit({
      orderId,
      changes: [
        ...shuffled(variants)
          .slice(0, 2)
          .map((variantId) => ({ variantId, quantity: 1 })),
        ...shuffled(lineIds)
          .slice(0, 2)
          .map((lineId) => ({ lineId, quantity: 1 })),
      ],
    }),
    placeOrder(shop(), Object.fromEntries(shuffled(variants).map((id) => [id, 1]))),
  ]);
  expect(new Set(await outcomes(tries))).toEqual(new Set(['done']));
});

test('an erasure waits for an edit, and erases what that has added, too', async () => {
  const variantId = await stockedVariant(shop(), 9);
  const customerId = await customer(shop(), 'edited-and-erased@example.com');
  const { id: cartId } = await openCart(em(), { currencyCode: 'EUR', customerId });
  await addToCart(em(), { cartId, variantId, quantity: 1 });
  const { id: orderId } = await buyWith(shop(), { shipping: noCharges, tax: noCharges }, cartId);
  await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
  const changes = [{ variantId, quantity: 1, properties: { engraving: 'for Ann' } }];
  const client = await superuser(shop());
  let erasure: Promise<unknown> | undefined;
  await em().transactional(async (em) => {
    await editOrder(em, { ...key(), orderId, changes, expectedTotalMinor: 2000n });
    erasure = erasePerson(shop().em(), { customerId });
    await waitForLocks(client, 1);
  });
  await erasure;
  const { lines, email } = await getOrder(em(), { orderId });
  expect(email).toBeNull();
  expect(lines.map(({ properties }) => properties)).toEqual([{}, {}]);
});

test.each([{ isolation: 'repeatable read' }, { isolation: 'serializable' }])(
  'at $isolation an edit and a shipment of one order do not pass each other',
  async ({ isolation }) => {
    const { orderId, lineId, variantId } = await paid();
    const [editor, shipper] = [await superuser(shop()), await superuser(shop())];
    for (const client of [editor, shipper]) {
      await client.query(`set role shop_app; begin isolation level ${isolation}`);
      await client.query('select from sales_order limit 1');
    }
    await editor.query(`insert into order_edit (order_id, number, subtotal_minor, tax_minor, address_changed)
      values ('${orderId}', 1, 1000, 0, false)`);
    await editor.query(`insert into order_line (id, order_id, position, variant_id, title, variant_title, quantity,
        unit_price_minor, price_list_code, total_minor, edit_number)
      values (gen_random_uuid(), '${orderId}', 2, '${variantId}', 'x', '', 1, 1000, 'base', 1000, 1)`);
    const shipped = shipper.query(`update order_line set shipped_quantity = 1 where id = '${lineId}'`).then(
      () => 'shipped',
      (error: { code: string }) => error.code,
    );
    const watcher = await superuser(shop());
    await waitForLocks(watcher, 1);
    await editor.query('commit');
    expect(await shipped).toBe('40001');
    await shipper.query('rollback');
    // What plain SQL has added has no hold: it is cancelled, so that the invariants hold.
    await watcher.query(
      `update order_line set cancelled_quantity = 1 where order_id = '${orderId}' and edit_number = 1`,
    );
  },
);

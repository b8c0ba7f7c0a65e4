import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chargedMinor, chargedOrder } from '../../../test/charged-order.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, outcomes, placeOrder, stockedVariant } from '../../../test/placed-order.ts';
import {
  cancelLines,
  cancelOrder,
  capturePayment,
  proposeRefund,
  refundOrder,
  refundPayment,
  returnLines,
  shipOrder,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();

const charged = (amounts?: bigint[]) => chargedOrder(shop(), provider, amounts);

fuzzOperation(
  'proposeRefund',
  shop,
  sample(proposeRefund, async () => {
    const { orderId, lineId } = await charged();
    return { orderId, lines: [{ lineId, quantity: 1 }], shipping: { sharePpm: 500_000 } };
  }),
);

describe('proposeRefund', () => {
  test('a unit is its price less its part of the discount, with its part of the tax', async () => {
    const { orderId, lineId, paymentIds } = await charged();
    await capturePayment(em(), provider, { ...key(), paymentId: paymentIds[0] ?? '' });
    expect(await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 1 }] })).toEqual({
      orderId,
      lines: [
        {
          lineId,
          quantity: 1,
          netMinor: 666n,
          taxMinor: 127n,
          grossMinor: 793n,
          taxes: [{ code: 'VAT', ratePpm: 190_000, amountMinor: 127n }],
        },
      ],
      shipping: { netMinor: 0n, taxMinor: 0n, grossMinor: 0n, taxes: [] },
      netMinor: 666n,
      taxMinor: 127n,
      grossMinor: 793n,
      taxes: [{ code: 'VAT', ratePpm: 190_000, amountMinor: 127n }],
      payments: [
        {
          paymentId: paymentIds[0],
          provider: 'memory',
          refundableMinor: chargedMinor,
          refundMinor: 793n,
          voidMinor: 0n,
        },
      ],
    });
  });

  test.each([
    { what: 'all', shipping: 'all' as const, grossMinor: 583n, taxMinor: 93n },
    { what: 'none', shipping: 'none' as const, grossMinor: 0n, taxMinor: 0n },
    { what: 'an amount', shipping: { grossMinor: 100n }, grossMinor: 100n, taxMinor: 16n },
    { what: 'half', shipping: { sharePpm: 500_000 }, grossMinor: 292n, taxMinor: 47n },
  ])('the shipping is returned with its tax: $what of it', async ({ shipping, grossMinor, taxMinor }) => {
    const { orderId, lineId } = await charged();
    const proposal = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 1 }], shipping });
    expect(proposal.shipping).toMatchObject({ grossMinor, taxMinor, netMinor: grossMinor - taxMinor });
    expect(proposal.grossMinor).toBe(793n + grossMinor);
  });

  test('nothing is refunded of what is only authorized: less is captured, and all of it voided', async () => {
    const { orderId, lineId } = await charged();
    const part = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 1 }] });
    expect(part.payments).toMatchObject([{ refundMinor: 0n, voidMinor: 0n }]);
    const all = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 3 }], shipping: 'all' });
    expect(all.payments).toMatchObject([{ refundMinor: 0n, voidMinor: chargedMinor }]);
  });

  test('it writes nothing, and refuses what was not charged', async () => {
    const { orderId, lineId } = await charged();
    const pending = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    const unpaid = await placeOrder(shop(), { [await stockedVariant(shop(), 1)]: 1 });
    await cancelOrder(em(), { orderId: unpaid.orderId });
    const before = shop().queries.length;
    await proposeRefund(em(), { orderId, shipping: 'all' });
    expect(
      shop()
        .queries.slice(before)
        .filter((sql) => !/^select/i.test(sql)),
    ).toEqual([]);
    const one = (lineId: string) => [{ lineId, quantity: 1 }];
    const refusals = [
      { code: 'order-not-found', request: { orderId: randomUUID(), shipping: 'all' as const } },
      { code: 'order-not-charged', request: { orderId: pending.orderId, lines: one(pending.lineId) } },
      { code: 'order-not-charged', request: { orderId: unpaid.orderId, lines: one(unpaid.lineId) } },
      { code: 'nothing-to-refund', request: { orderId } },
      { code: 'quantity-exceeded', request: { orderId, lines: [{ lineId, quantity: 4 }] } },
      { code: 'quantity-exceeded', request: { orderId, lines: one(pending.lineId) } },
      { code: 'amount-exceeds-charged', request: { orderId, shipping: { grossMinor: 584n } } },
      { code: 'invalid-input', request: { orderId, lines: [...one(lineId), ...one(lineId)] } },
    ];
    for (const { code, request } of refusals) {
      await expect(proposeRefund(em(), request)).rejects.toMatchObject({ code });
    }
  });

  test('what was returned without a credit note is not returned again', async () => {
    const { orderId, lineId, paymentIds } = await charged();
    const paymentId = paymentIds[0] ?? '';
    await capturePayment(em(), provider, { ...key(), paymentId });
    await refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 700n });
    const { payments } = await proposeRefund(em(), { orderId, lines: [{ lineId, quantity: 1 }] });
    expect(payments).toMatchObject([{ refundMinor: 93n }]);
  });
});

describe('the other operations say what the proposal says', () => {
  test('units that are cancelled and returned one by one make what the line was charged', async () => {
    const { orderId, lineId } = await charged();
    const lines = [{ lineId, quantity: 1 }];
    const proposal = await proposeRefund(em(), { orderId, lines });
    const first = await cancelLines(em(), { ...key(), orderId, lines });
    expect(first).toMatchObject({
      cancelledMinor: proposal.grossMinor,
      cancelledTaxMinor: proposal.taxMinor,
    });
    await shipOrder(em(), { ...key(), orderId });
    const second = await returnLines(em(), { ...key(), orderId, lines, restock: true });
    const third = await returnLines(em(), { ...key(), orderId, lines, restock: true });
    expect([second.returnedMinor, third.returnedMinor]).toEqual([794n, 793n]);
    expect([second.returnedTaxMinor, third.returnedTaxMinor]).toEqual([126n, 127n]);
  });

  test('each unit that is credited as it is given up has the value that was said', async () => {
    const { orderId, lineId } = await charged();
    const lines = [{ lineId, quantity: 1 }];
    for (let unit = 0; unit < 2; unit++) {
      const { cancelledMinor } = await cancelLines(em(), { ...key(), orderId, lines });
      const { grossMinor } = await refundOrder(em(), provider, { ...key(), orderId, lines });
      expect(cancelledMinor).toBe(grossMinor);
    }
  });

  test('what was credited before it came back has no value a second time', async () => {
    const { orderId, lineId } = await charged();
    await shipOrder(em(), { ...key(), orderId });
    await refundOrder(em(), provider, { ...key(), orderId, lines: [{ lineId, quantity: 2 }] });
    const lines = [{ lineId, quantity: 3 }];
    expect(await returnLines(em(), { ...key(), orderId, lines, restock: true })).toMatchObject({
      orderStatus: 'returned',
      returnedMinor: 793n,
    });
  });

  test('a cancelled order is worth its total less what was credited', async () => {
    const { orderId, lineId } = await charged();
    await refundOrder(em(), provider, { ...key(), orderId, lines: [{ lineId, quantity: 1 }] });
    expect(await cancelOrder(em(), { orderId })).toMatchObject({ cancelledMinor: chargedMinor - 793n });
    expect(await outcomes([cancelOrder(em(), { orderId })])).toEqual(['done']);
  });
});

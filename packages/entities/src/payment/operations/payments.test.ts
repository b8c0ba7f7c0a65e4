import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedQuantities,
  stockedVariant,
} from '../../../test/placed-order.ts';
import {
  AmountExceeds,
  authorizePayment,
  cancelOrder,
  capturePayment,
  confirmOrder,
  handleWebhook,
  PaymentDeclined,
  type PaymentChange,
  refundPayment,
  returnMoney,
  shipOrder,
  sweepPendingTransactions,
  voidPayment,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

async function pendingOrder(units = 3) {
  return await placeOrder(shop(), { [await stockedVariant(shop(), 10)]: units });
}

async function paidOrder(provider: InMemoryPaymentProvider, units = 3) {
  return await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 10)]: units });
}

const paymentMethod = 'tok_1';

describe('authorizePayment', () => {
  test('confirms the order that it covers, whose holds do not expire then', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await pendingOrder();
    const part = await authorizePayment(em(), provider, {
      ...key(),
      orderId,
      paymentMethod,
      amountMinor: 1000n,
    });
    expect(part).toMatchObject({ status: 'authorized', orderStatus: 'pending', authorizedMinor: 1000n });
    await expect(confirmOrder(em(), { orderId })).rejects.toMatchObject({ code: 'order-not-covered' });
    const rest = await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod });
    expect(rest).toMatchObject({ status: 'authorized', orderStatus: 'confirmed', authorizedMinor: 2000n });
    expect(
      await shop().rows(`select expires_at from stock_reservation r join order_line l on l.id = order_line_id
        where l.order_id = '${orderId}'`),
    ).toEqual([{ expires_at: null }]);
    expect(provider.totals().authorizedMinor).toBe(3000n);
    expect(await confirmOrder(em(), { orderId })).toEqual({ orderId, status: 'confirmed' });
    const again = authorizePayment(em(), provider, { ...key(), orderId, paymentMethod });
    await expect(again).rejects.toMatchObject({ code: 'illegal-transition', from: 'confirmed' });
  });

  test('of different keys at the same time authorizes what is due once', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await pendingOrder();
    const codes = await outcomes(
      Array.from({ length: 12 }, () =>
        authorizePayment(em(), provider, { ...key(), orderId, paymentMethod, amountMinor: 1000n }),
      ),
    );
    expect(codes.filter((code) => code === 'done')).toHaveLength(3);
    // The others come while it is under way, or after the confirmation.
    expect(new Set(codes)).toEqual(
      new Set(['done', ...codes.filter((code) => /amount-exceeds-due|illegal-transition/.test(code))]),
    );
    expect(provider.totals().authorizedMinor).toBe(3000n);
  });

  test('of one key, 20 times at once, authorizes once and returns the same', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await pendingOrder();
    const same = { ...key(), orderId, paymentMethod };
    const states = await Promise.all(
      Array.from({ length: 20 }, () => authorizePayment(em(), provider, same)),
    );
    expect(new Set(states.map((state) => state.paymentId)).size).toBe(1);
    expect(provider.totals().authorizedMinor).toBe(3000n);
    const other = authorizePayment(em(), provider, { ...same, amountMinor: 1n });
    await expect(other).rejects.toMatchObject({ code: 'idempotency-conflict' });
  });

  test('that is declined leaves the order pending, and says so again', async () => {
    const provider = new InMemoryPaymentProvider();
    provider.behave('decline');
    const { orderId } = await pendingOrder();
    const first = { ...key(), orderId, paymentMethod };
    for (let time = 0; time < 2; time++) {
      const error: unknown = await authorizePayment(em(), provider, first).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PaymentDeclined);
      expect(error).toMatchObject({ code: 'payment-declined', reason: 'card_declined' });
    }
    // Another card.
    const state = await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok_2' });
    expect(state.orderStatus).toBe('confirmed');
  });

  test('is refused in a transaction, for an unknown order, and for bad input', async () => {
    const provider = new InMemoryPaymentProvider();
    const request = { ...key(), orderId: randomUUID(), paymentMethod };
    const inside = em().transactional((em) => authorizePayment(em, provider, request));
    await expect(inside).rejects.toMatchObject({ code: 'transaction-open' });
    await expect(authorizePayment(em(), provider, request)).rejects.toMatchObject({
      code: 'order-not-found',
    });
    for (const amountMinor of [-1n, 0n, 2n ** 63n]) {
      const bad = authorizePayment(em(), provider, { ...request, amountMinor });
      await expect(bad).rejects.toMatchObject({ code: 'invalid-input' });
    }
    expect(provider.webhooks).toEqual([]);
  });
});

describe('captures and refunds', () => {
  test('in parts, up to what was authorized and captured', async () => {
    const provider = new InMemoryPaymentProvider();
    const { paymentId } = await paidOrder(provider);
    const capture = (amountMinor?: bigint) =>
      capturePayment(em(), provider, { ...key(), paymentId, amountMinor });
    const refund = (amountMinor?: bigint) =>
      refundPayment(em(), provider, { ...key(), paymentId, amountMinor });
    await expect(refund(1n)).rejects.toMatchObject({ code: 'illegal-transition', from: 'authorized' });
    expect(await capture(1000n)).toMatchObject({ status: 'captured', capturedMinor: 1000n });
    const error: unknown = await capture(2001n).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AmountExceeds);
    expect(error).toMatchObject({ code: 'amount-exceeds-authorized', availableMinor: 2000n });
    expect(await capture()).toMatchObject({ capturedMinor: 3000n });
    expect(await refund(500n)).toMatchObject({ status: 'captured', refundedMinor: 500n });
    await expect(refund(2501n)).rejects.toMatchObject({ code: 'amount-exceeds-captured' });
    expect(await refund()).toMatchObject({ status: 'refunded', refundedMinor: 3000n });
    await expect(refund()).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(provider.totals()).toEqual({
      authorizedMinor: 3000n,
      capturedMinor: 3000n,
      refundedMinor: 3000n,
    });
  });

  test.each([
    { kind: 'captures', change: capturePayment, total: 'capturedMinor', code: 'amount-exceeds-authorized' },
    { kind: 'refunds', change: refundPayment, total: 'refundedMinor', code: 'amount-exceeds-captured' },
  ] as const)('parallel $kind never exceed what there is', async ({ kind, change, total, code }) => {
    const provider = new InMemoryPaymentProvider();
    const { paymentId } = await paidOrder(provider);
    if (kind === 'refunds') await capturePayment(em(), provider, { ...key(), paymentId });
    const part = (): PaymentChange => ({ ...key(), paymentId, amountMinor: 700n });
    const codes = await outcomes(Array.from({ length: 16 }, () => change(em(), provider, part())));
    expect(codes).toEqual([...Array.from({ length: 12 }, () => code), 'done', 'done', 'done', 'done']);
    expect(provider.totals()[total]).toBe(2800n);
  });

  test('one key captures once, 20 times at once', async () => {
    const provider = new InMemoryPaymentProvider();
    const { paymentId } = await paidOrder(provider);
    const same = { ...key(), paymentId, amountMinor: 700n };
    const states = await Promise.all(Array.from({ length: 20 }, () => capturePayment(em(), provider, same)));
    expect(new Set(states.map((state) => state.capturedMinor))).toEqual(new Set([700n]));
    const other = refundPayment(em(), provider, same);
    await expect(other).rejects.toMatchObject({ code: 'idempotency-conflict' });
    const elsewhere = new InMemoryPaymentProvider('elsewhere');
    await expect(capturePayment(em(), elsewhere, { ...key(), paymentId })).rejects.toMatchObject({
      code: 'payment-provider-mismatch',
    });
  });

  test('a refund of all while a capture is under way does not end the payment', async () => {
    const provider = new InMemoryPaymentProvider();
    const { paymentId } = await paidOrder(provider);
    await capturePayment(em(), provider, { ...key(), paymentId, amountMinor: 1000n });
    provider.behave('lose-answer');
    const late = { ...key(), paymentId, amountMinor: 2000n };
    await expect(capturePayment(em(), provider, late)).rejects.toMatchObject({
      code: 'payment-outcome-unknown',
    });
    const state = await refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 1000n });
    expect(state).toMatchObject({ status: 'captured', refundedMinor: 1000n });
    expect(await capturePayment(em(), provider, late)).toMatchObject({ capturedMinor: 3000n });
  });
});

test('a payment operation takes a few statements, whatever the number of lines and payments', async () => {
  for (const variants of [1, 12]) {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await placeOrder(shop(), await stockedQuantities(shop(), { variants, units: 1 }));
    const count = (operation: () => Promise<unknown>) => shop().countStatements(operation);
    const first = { ...key(), orderId, paymentMethod };
    const authorize = await count(() => authorizePayment(em(), provider, first));
    const { paymentId } = await authorizePayment(em(), provider, first);
    const capture = await count(() => capturePayment(em(), provider, { ...key(), paymentId }));
    const refund = await count(() => refundPayment(em(), provider, { ...key(), paymentId }));
    const cancel = await count(() => cancelOrder(em(), { orderId }));
    expect({ authorize, capture, refund, cancel }).toEqual({
      authorize: 19,
      capture: 17,
      refund: 17,
      cancel: 10,
    });
  }
});

describe('voids', () => {
  test('release what a cancelled order had authorized; captured money is refunded', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId, paymentId } = await paidOrder(provider);
    const cover = voidPayment(em(), provider, { ...key(), paymentId });
    await expect(cover).rejects.toMatchObject({ code: 'illegal-transition', to: 'voided' });
    await expect(returnMoney(em(), provider, { orderId })).rejects.toMatchObject({
      code: 'order-not-cancelled',
    });
    const { payments } = await cancelOrder(em(), { orderId });
    expect(payments).toEqual([{ paymentId, provider: 'memory', voidableMinor: 3000n, refundableMinor: 0n }]);
    const late = capturePayment(em(), provider, { ...key(), paymentId });
    await expect(late).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(await returnMoney(em(), provider, { orderId })).toMatchObject([{ status: 'voided' }]);
    expect(await returnMoney(em(), provider, { orderId })).toEqual([]);

    const other = await paidOrder(provider);
    await capturePayment(em(), provider, { ...key(), paymentId: other.paymentId, amountMinor: 1200n });
    await cancelOrder(em(), { orderId: other.orderId });
    // What was refused is tried again; what has no outcome is not done twice.
    provider.behave('decline', 'lose-answer');
    const codes: string[] = [];
    for (let time = 0; time < 4; time++) {
      codes.push(...(await outcomes([returnMoney(em(), provider, { orderId: other.orderId })])));
    }
    expect(codes).toEqual(['payment-declined', 'payment-outcome-unknown', 'done', 'done']);
    expect(provider.totals().refundedMinor).toBe(1200n);
  });

  test('against captures: one wins', async () => {
    for (let round = 0; round < 5; round++) {
      const provider = new InMemoryPaymentProvider();
      const { orderId } = await pendingOrder();
      const half = { orderId, paymentMethod, amountMinor: 1500n };
      const { paymentId } = await authorizePayment(em(), provider, { ...key(), ...half });
      const codes = await outcomes([
        voidPayment(em(), provider, { ...key(), paymentId }),
        capturePayment(em(), provider, { ...key(), paymentId }),
      ]);
      expect(codes).toEqual(['done', 'illegal-transition']);
    }
  });
});

describe('returnMoney', () => {
  test('goes on with a refund without an outcome, though a late capture has added to what is held', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId, paymentId } = await paidOrder(provider);
    await capturePayment(em(), provider, { ...key(), paymentId, amountMinor: 1000n });
    provider.behave('answer-later', 'lose-answer');
    await capturePayment(em(), provider, { ...key(), paymentId, amountMinor: 2000n });
    const lateCapture = provider.webhooks.slice(-1);
    await cancelOrder(em(), { orderId });
    expect(await outcomes([returnMoney(em(), provider, { orderId })])).toEqual(['payment-outcome-unknown']);
    for (const event of lateCapture) await handleWebhook(em(), provider, event);
    expect(await returnMoney(em(), provider, { orderId })).toMatchObject([
      { status: 'captured', refundedMinor: 1000n },
      { status: 'refunded', refundedMinor: 3000n },
    ]);
    expect(provider.totals().refundedMinor).toBe(3000n);
  });

  test('requests once what the provider answers later', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await paidOrder(provider);
    await cancelOrder(em(), { orderId });
    provider.behave('answer-later');
    expect(await returnMoney(em(), provider, { orderId })).toMatchObject([{ transactionStatus: 'pending' }]);
  });
});

describe('after a capture that was refused', () => {
  const refused = async () => {
    const provider = new InMemoryPaymentProvider(randomUUID());
    const order = await paidOrder(provider);
    provider.expireAuthorizations();
    const capture = { ...key(), paymentId: order.paymentId };
    await expect(capturePayment(em(), provider, capture)).rejects.toMatchObject({
      code: 'payment-declined',
      reason: 'authorization_expired',
    });
    return { provider, ...order };
  };

  test('a confirmed order takes another payment, in whose place the first is voided', async () => {
    const { provider, orderId, paymentId } = await refused();
    const another = { orderId, paymentMethod: 'tok_2' };
    const unnamed = authorizePayment(em(), provider, { ...key(), ...another });
    const hint = 'At most 3000 are left to pay of its total.';
    await expect(unnamed).rejects.toMatchObject({ code: 'invalid-input', hint });
    const early = voidPayment(em(), provider, { ...key(), paymentId });
    await expect(early).rejects.toMatchObject({ code: 'illegal-transition', to: 'voided' });
    const second = await authorizePayment(em(), provider, { ...key(), ...another, amountMinor: 3000n });
    expect(second).toMatchObject({ status: 'authorized', orderStatus: 'confirmed' });
    expect(await capturePayment(em(), provider, { ...key(), paymentId: second.paymentId })).toMatchObject({
      capturedMinor: 3000n,
    });
    // Both were authorized: the order is paid once.
    await expect(capturePayment(em(), provider, { ...key(), paymentId })).rejects.toMatchObject({
      code: 'illegal-transition',
      from: 'being voided',
    });
    const more = authorizePayment(em(), provider, { ...key(), ...another, amountMinor: 1n });
    await expect(more).rejects.toMatchObject({ code: 'illegal-transition', from: 'confirmed' });
    await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
    expect(await shop().rows(`select status from payment where id = '${paymentId}'`)).toEqual([
      { status: 'voided' },
    ]);
  });

  test('one that takes a part leaves no more than the rest to the first', async () => {
    const { provider, orderId, paymentId } = await refused();
    const another = { ...key(), orderId, paymentMethod: 'tok_2', amountMinor: 2000n };
    const second = await authorizePayment(em(), provider, another);
    await capturePayment(em(), provider, { ...key(), paymentId: second.paymentId });
    const capture = { ...key(), paymentId, amountMinor: 1001n };
    await expect(capturePayment(em(), provider, capture)).rejects.toMatchObject({
      code: 'amount-exceeds-due',
      availableMinor: 1000n,
    });
  });

  test('the first can be voided where the provider has refused to, but not both, also at once', async () => {
    const { provider, orderId, paymentId } = await refused();
    const another = { ...key(), orderId, paymentMethod: 'tok_2', amountMinor: 3000n };
    const second = await authorizePayment(em(), provider, another);
    provider.behave('decline');
    await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
    const codes = await outcomes(
      [paymentId, second.paymentId].map((id) => voidPayment(em(), provider, { ...key(), paymentId: id })),
    );
    expect(codes).toEqual(['done', 'illegal-transition']);
  });

  test('what was captured in part and refunded can be paid again in full', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId, paymentId } = await paidOrder(provider);
    await capturePayment(em(), provider, { ...key(), paymentId, amountMinor: 1000n });
    const ended = await refundPayment(em(), provider, { ...key(), paymentId });
    expect(ended).toMatchObject({ status: 'refunded', orderStatus: 'confirmed' });
    const again = { ...key(), orderId, paymentMethod: 'tok_2', amountMinor: 3000n };
    const { paymentId: second } = await authorizePayment(em(), provider, again);
    const paid = await capturePayment(em(), provider, { ...key(), paymentId: second });
    expect(paid).toMatchObject({ status: 'captured', capturedMinor: 3000n });
  });

  test('an order that was shipped gives it up', async () => {
    const { provider, orderId, paymentId } = await refused();
    await shipOrder(em(), { ...key(), orderId });
    const state = await voidPayment(em(), provider, { ...key(), paymentId, reason: 'uncollectable' });
    expect(state).toMatchObject({ status: 'voided', orderStatus: 'shipped' });
  });
});

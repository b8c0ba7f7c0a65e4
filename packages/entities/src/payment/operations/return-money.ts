import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { readPaymentsToReturn } from '../../fulfilment/operations/cancel-order.ts';
import { int8, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';
import { refundPayment } from './refund-payment.ts';
import { voidPayment } from './void-payment.ts';

const target = z.strictObject({ orderId: z.uuid() });

const selectOrderStatus = statement({
  params: { orderId: uuid },
  row: { status: text },
  sql: 'select status from sales_order where id = :orderId',
});

const countOutcomes = statement({
  params: { paymentId: uuid },
  row: { outcomes: int8 },
  sql: `select count(*) as outcomes from payment_transaction
    where payment_id = :paymentId and kind in ('refund', 'void') and status <> 'pending'`,
});

/**
 * Gives the money of a cancelled order back: voids what this provider has authorized, and refunds what it has captured.
 * Its keys follow from the state of the payment, so that a repetition continues where the last one ended, tries again
 * what was refused, and gives nothing back twice.
 *
 * @throws PaymentDeclined, PaymentOutcomeUnknown, UserError `invalid-input`, `order-not-cancelled`, `transaction-open`
 */
export async function returnMoney(
  em: EntityManager,
  provider: PaymentProvider,
  request: z.input<typeof target>,
): Promise<PaymentState[]> {
  const { orderId } = parseInput(target, request);
  const [order] = await selectOrderStatus(em, { orderId });
  if (order?.status !== 'cancelled') {
    throw new UserError('order-not-cancelled', `Order ${orderId} is ${order?.status ?? 'not there'}.`, {
      hint: 'Cancel the order first, or refund a part of a payment.',
    });
  }
  const states: PaymentState[] = [];
  for (const payment of await readPaymentsToReturn(em, orderId)) {
    if (payment.provider !== provider.name) continue;
    const { paymentId, refundableMinor } = payment;
    const idempotencyKey = await returnKey(em, paymentId);
    states.push(
      payment.voidableMinor > 0n
        ? await voidPayment(em, provider, { idempotencyKey, paymentId })
        : await refundPayment(em, provider, {
            idempotencyKey,
            paymentId,
            amountMinor: refundableMinor,
          }),
    );
  }
  return states;
}

/** A new key once the last one has an outcome, the same one before. */
async function returnKey(em: EntityManager, paymentId: string): Promise<string> {
  const [row] = await countOutcomes(em, { paymentId });
  return `return:${paymentId}:${row?.outcomes}`;
}

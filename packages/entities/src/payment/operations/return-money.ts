import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { readPaymentsToReturn } from '../../fulfilment/operations/cancel-order.ts';
import { bool, int8, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { reason } from '../../runtime/reason.ts';
import { parseInput } from '../../parse-input.ts';
import { applyChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { type PaymentState, readPaymentState } from './payment-state.ts';
import { refundChange } from './refund-payment.ts';
import { voidChange } from './void-payment.ts';
import { returnExcess } from './return-excess.ts';
import { refuseTransaction } from './submit-transaction.ts';

const target = z.strictObject({ orderId: z.uuid(), reason });

const selectOrderStatus = statement({
  params: { orderId: uuid },
  row: { status: text, hasCreditNote: bool },
  sql: `select o.status, exists (select from credit_note n where n.order_id = o.id) as "hasCreditNote"
    from sales_order o where o.id = :orderId`,
});

const countOutcomes = statement({
  params: { paymentId: uuid },
  row: { outcomes: int8 },
  sql: `select count(*) as outcomes from payment_transaction
    where payment_id = :paymentId and kind in ('refund', 'void') and status <> 'pending'`,
});

/**
 * Returns the money of a cancelled order: voids what this provider has authorized, and refunds what it has captured. Of
 * another order with credit notes it returns what is kept above what the order costs, as {@link refundOrder} does.
 * Its keys follow from the state of the payment, so that a repetition continues where the last one ended, tries again
 * what was refused, and returns nothing twice.
 *
 * @throws UserError `invalid-input`, `order-not-cancelled`, `transaction-open`
 * @throws UserError `illegal-transition`, `amount-exceeds-captured`: another change of the payment is under way
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function returnMoney(
  em: EntityManager,
  provider: PaymentProvider,
  request: z.input<typeof target>,
): Promise<PaymentState[]> {
  const { orderId, reason } = parseInput(target, request);
  const [order] = await selectOrderStatus(em, { orderId });
  if (order !== undefined && order.status !== 'cancelled' && order.hasCreditNote) {
    refuseTransaction(em);
    const { keys } = await returnExcess(em, provider, { orderId, reason });
    const states: PaymentState[] = [];
    for (const key of keys) states.push(await readPaymentState(em, key));
    return states;
  }
  if (order?.status !== 'cancelled') {
    throw new UserError(
      'order-not-cancelled',
      `Order ${orderId} is ${order?.status ?? 'not there'}, not cancelled.`,
      {
        hint: 'Cancel the order first, or credit a part of it with refundOrder.',
      },
    );
  }
  const states: PaymentState[] = [];
  const pending = new Set<string>();
  for (;;) {
    // Read again: what a repetition returns may be less than what the payment holds by now.
    const payments = await readPaymentsToReturn(em, orderId);
    const next = payments.find((each) => each.provider === provider.name && !pending.has(each.paymentId));
    if (next === undefined) return states;
    const { paymentId, voidableMinor } = next;
    const change = voidableMinor > 0n ? voidChange : refundChange;
    const state = await applyChange(em, provider, change, {
      idempotencyKey: await returnKey(em, paymentId),
      paymentId,
      reason,
    });
    states.push(state);
    if (state.transactionStatus === 'pending') pending.add(paymentId);
  }
}

/** A new key once the last one has an outcome, the same one before. */
async function returnKey(em: EntityManager, paymentId: string): Promise<string> {
  const [row] = await countOutcomes(em, { paymentId });
  return `return:${paymentId}:${row?.outcomes}`;
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { key } from '../../bounds.ts';
import { lockReturn, requireStatus, setReturnStatus } from '../../fulfilment/operations/lock-return.ts';
import { readCharged } from '../../order/operations/read-charged.ts';
import { parseInput } from '../../parse-input.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { issueCreditNote, type StoredCreditNote } from './issue-credit-note.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { creditOf, refundParts } from './propose-refund.ts';
import { type RefundedOrder, refunded } from './refund-order.ts';
import { namedProvider, refuseTransaction } from './submit-transaction.ts';

const refund = z.strictObject({
  idempotencyKey: key,
  returnId: z.uuid(),
  shipping: refundParts.shipping,
  reason,
});

/** What {@link refundReturn} takes: the part of the shipping that is refunded, too, as {@link proposeRefund} has it. */
export type ReturnRefund = z.input<typeof refund>;

/** A return that was refunded. */
export interface RefundedReturn extends Omit<RefundedOrder, 'creditNoteId' | 'number'> {
  returnId: string;
  /** Undefined: all of it had been credited before. */
  creditNoteId: string | undefined;
  number: bigint | undefined;
}

const selectReceived = statement({
  params: { returnId: uuid },
  row: { lineId: uuid, quantity: int4 },
  sql: `select order_line_id as "lineId", coalesce(received_quantity, 0) as quantity from return_request_line
    where return_request_id = :returnId and received_quantity > 0 order by order_line_id`,
});

/**
 * Issues the credit note of a return that was received, for the units that came back and were not credited yet, and
 * returns the money, as {@link refundOrder} does. What was credited of a line before counts as units that came back or
 * were cancelled: credit one that the buyer keeps with {@link refundOrder} after the return. One key refunds once; the
 * same key goes on with the money after a failure.
 *
 * @throws UserError `invalid-input`, `return-not-found`, `transaction-open`, `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: it was not received, or was refunded
 * @throws AmountExceeds `amount-exceeds-charged`: more shipping than was charged and not credited
 * @throws PaymentDeclined `payment-declined`: the provider refused; the credit note stays
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer; the credit note stays
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function refundReturn(
  em: EntityManager,
  provider: PaymentProvider,
  request: ReturnRefund,
): Promise<RefundedReturn> {
  const input = parseInput(refund, request);
  const { idempotencyKey: key, returnId, reason } = input;
  refuseTransaction(em);
  parseInput(namedProvider, { provider: provider.name });
  const { orderId, note } = await em.transactional((em) =>
    once(em, { scope: 'refund-return', key, request: input }, async () => {
      const locked = await lockReturn(em, returnId);
      const { orderId } = locked;
      requireStatus(locked, { from: ['received'], to: 'refunded' });
      const note = await creditReturn(em, orderId, input);
      await setReturnStatus(em, locked, 'refunded', note?.creditNoteId);
      await emitEvent(em, 'return.refunded', orderId, { returnId, creditNoteId: note?.creditNoteId });
      return { orderId, note };
    }),
  );
  const nothing = { creditNoteId: '', number: '0', grossMinor: '0' };
  const done = await refunded(em, provider, { orderId, note: note ?? nothing, reason });
  return note === undefined
    ? { ...done, returnId, creditNoteId: undefined, number: undefined }
    : { ...done, returnId };
}

async function creditReturn(
  em: EntityManager,
  orderId: string,
  { returnId, shipping, reason }: z.output<typeof refund>,
): Promise<StoredCreditNote | undefined> {
  const received = await selectReceived(em, { returnId });
  const { lines: charged } = await readCharged(em, orderId);
  const lines = received.flatMap(({ lineId, quantity }) => {
    const line = charged.find((each) => each.lineId === lineId);
    // No unit says which one it is: what was credited was that of units that were given up.
    const left = Math.min(quantity, line === undefined ? 0 : line.givenUpQuantity - line.creditedQuantity);
    return left > 0 ? [{ lineId, quantity: left }] : [];
  });
  if (lines.length === 0 && shipping === 'none') return undefined;
  return await issueCreditNote(em, await creditOf(em, { orderId, lines, shipping }), reason);
}

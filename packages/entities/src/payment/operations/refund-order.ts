import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { key } from '../../bounds.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { parseInput } from '../../parse-input.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { issueCreditNote, type StoredCreditNote } from './issue-credit-note.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { creditOf, refundParts } from './propose-refund.ts';
import { returnExcess, type ReturnedExcess } from './return-excess.ts';
import { namedProvider, refuseTransaction } from './submit-transaction.ts';

const refund = z.strictObject({ ...refundParts, idempotencyKey: key, reason });

/** What {@link refundOrder} takes: what is refunded, as {@link proposeRefund} does, and the reason on the credit note. */
export type OrderRefund = z.input<typeof refund>;

/** The credit note, and the money that has gone back by now. Amounts are minor units. */
export interface RefundedOrder extends ReturnedExcess {
  orderId: string;
  creditNoteId: string;
  /** What the buyer is told. */
  number: bigint;
  grossMinor: bigint;
}

/**
 * Issues a credit note for units of lines and a part of the shipping, and returns the money by this provider: refunds
 * what was captured above what the order costs now, and voids an authorization that it needs no more; what was authorized
 * and is still needed is captured less. Of a cancelled order everything goes back. Money that was returned before without
 * a credit note is not returned again. One key issues one credit note. Where the provider gave no answer or refused, the
 * same key goes on with the money, as any later refund of the order and {@link returnMoney} do.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `transaction-open`, `idempotency-conflict`
 * @throws UserError `order-not-charged`: the order was never confirmed
 * @throws UserError `nothing-to-refund`: neither lines nor shipping are named, or nothing is left of the shipping
 * @throws QuantityExceeded `quantity-exceeded`: more units than were ordered and not credited
 * @throws AmountExceeds `amount-exceeds-charged`: more shipping than was charged and not credited
 * @throws PaymentDeclined `payment-declined`: the provider refused; the credit note stays
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer; the credit note stays
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function refundOrder(
  em: EntityManager,
  provider: PaymentProvider,
  request: OrderRefund,
): Promise<RefundedOrder> {
  const input = parseInput(refund, request);
  const { idempotencyKey, reason, ...parts } = input;
  refuseTransaction(em);
  parseInput(namedProvider, { provider: provider.name });
  const note = await em.transactional((em) =>
    once(em, { scope: 'refund-order', key: idempotencyKey, request: input }, async () => {
      await lockOrder(em, parts.orderId);
      return await issueCreditNote(em, await creditOf(em, parts), reason);
    }),
  );
  return await refunded(em, provider, { orderId: parts.orderId, note, reason });
}

/** Returns the money of a credit note that was issued. */
export async function refunded(
  em: EntityManager,
  provider: PaymentProvider,
  { orderId, note, reason }: { orderId: string; note: StoredCreditNote; reason: string | undefined },
): Promise<RefundedOrder> {
  const { creditNoteId, number, grossMinor } = note;
  const { pendingMinor, openMinor } = await returnExcess(em, provider, { orderId, reason });
  const amounts = { grossMinor: BigInt(grossMinor), pendingMinor, openMinor };
  return { orderId, creditNoteId, number: BigInt(number), ...amounts };
}

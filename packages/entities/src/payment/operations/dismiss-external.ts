import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { note } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { int8, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { lockPayment } from './lock-payment.ts';

const dismissal = z.strictObject({ transactionId: z.uuid(), reason: note });

/** What {@link dismissExternal} takes: a transaction that waits, and why nothing is to be booked. */
export type ExternalDismissal = z.input<typeof dismissal>;

const selectExternal = statement({
  params: { transactionId: uuid },
  row: { paymentId: uuid, status: text, kind: text, amountMinor: int8 },
  sql: `select payment_id as "paymentId", status, kind, amount_minor as "amountMinor" from payment_transaction
    where id = :transactionId and is_external and status <> 'succeeded'`,
});

const dismiss = statement({
  params: { transactionId: uuid },
  row: { id: uuid },
  sql: `update payment_transaction set status = 'failed', completed_at = clock_timestamp(),
      failure_reason = 'dismissed: it could not be booked' where id = :transactionId and status = 'pending' returning id`,
});

/**
 * Gives up what a provider has reported and cannot be booked, such as a refund of more than was captured, which would wait
 * for ever. Settle it by hand: the payment keeps its sums, no later report of it is booked, and `reconcilePayments` names
 * it as `not-booked-yet`. The audit log has the reason. Dismissing again changes nothing.
 *
 * @throws UserError `invalid-input`; `transaction-not-found`: no such transaction was reported, or it was booked
 */
export async function dismissExternal(em: EntityManager, request: ExternalDismissal): Promise<void> {
  const { transactionId, reason } = parseInput(dismissal, request);
  await em.transactional(async (em) => {
    const [known] = await selectExternal(em, { transactionId });
    if (known !== undefined) await lockPayment(em, known.paymentId);
    // It may have been booked meanwhile.
    const [found] = await selectExternal(em, { transactionId });
    if (found === undefined) {
      throw new UserError('transaction-not-found', `No external transaction ${transactionId} waits.`, {
        hint: 'The check payment.stale-transaction names those that do.',
      });
    }
    const [dismissed] = await dismiss(em, { transactionId });
    if (dismissed === undefined) return;
    const { kind, amountMinor } = found;
    await recordAudit(em, {
      action: 'payment.dismiss_external',
      entity: 'payment_transaction',
      entityId: transactionId,
      detail: { kind, amountMinor: amountMinor.toString() },
      reason,
    });
  });
}

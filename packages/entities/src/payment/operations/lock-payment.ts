import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bool, int8, int8Sum, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';
import { coverOfOthers, creditedOf } from '../../order/operations/payment-cover.ts';

const paymentRow = {
  id: uuid,
  provider: text,
  /** The provider's name of the payment. Null: not authorized. */
  reference: nullable(text),
  status: text,
  authorizedMinor: int8,
  capturedMinor: int8,
  refundedMinor: int8,
  disputedMinor: int8,
  /** What is under way. */
  capturingMinor: int8Sum,
  refundingMinor: int8Sum,
  isVoiding: bool,
  isRenewing: bool,
  /** What is left of its authorization cannot be captured: it has ended, or a final capture has freed it. */
  hasEnded: bool,
  /** What the order costs: its total, less what was credited. */
  chargedMinor: int8,
  /** What all payments of the order have captured and not returned, with what is being captured. */
  takenForOrderMinor: int8Sum,
  /** What the other payments cover of the order, without what is being voided or refunded. */
  coverOfOthersMinor: int8Sum,
};

/** A payment whose row, and that of its order, this transaction has locked. Amounts are minor units. */
export interface LockedPayment extends RowOf<typeof paymentRow> {
  order: LockedOrder;
}

const selectOrderOfPayment = statement({
  params: { paymentId: uuid },
  row: { orderId: uuid },
  sql: 'select order_id as "orderId" from payment where id = :paymentId',
});

export const lockPaymentRow = statement({
  params: { paymentId: uuid },
  row: {},
  sql: 'select from payment where id = :paymentId for no key update',
});

const selectPayment = statement({
  params: { paymentId: uuid, orderId: uuid },
  row: paymentRow,
  sql: `select p.id, p.provider, p.provider_reference as reference, p.status, p.authorized_minor as "authorizedMinor",
      p.captured_minor as "capturedMinor", p.refunded_minor as "refundedMinor",
      p.disputed_minor as "disputedMinor",
      coalesce(sum(t.amount_minor) filter (where t.kind = 'capture'), 0) as "capturingMinor",
      coalesce(sum(t.amount_minor) filter (where t.kind = 'refund'), 0) as "refundingMinor",
      count(*) filter (where t.kind = 'void') > 0 as "isVoiding",
      count(*) filter (where t.kind = 'reauthorize') > 0 as "isRenewing",
      coalesce(p.capture_before <= now(), false) as "hasEnded",
      (select o.total_minor - ${creditedOf()} from sales_order o where o.id = :orderId) as "chargedMinor",
      (select coalesce(sum(greatest(each.captured_minor - each.refunded_minor - each.disputed_minor, 0) + (
          select coalesce(sum(c.amount_minor), 0) from payment_transaction c
          where c.payment_id = each.id and c.kind = 'capture' and c.status = 'pending')), 0)
        from payment each where each.order_id = :orderId) as "takenForOrderMinor",
      (select ${coverOfOthers} from sales_order o where o.id = :orderId) as "coverOfOthersMinor"
    from payment p left join payment_transaction t on t.payment_id = p.id and t.status = 'pending'
    where p.id = :paymentId group by p.id`,
});

/**
 * Locks the order of a payment, then the payment.
 *
 * @throws UserError `payment-not-found`
 */
export async function lockPayment(em: EntityManager, paymentId: string): Promise<LockedPayment> {
  const [known] = await selectOrderOfPayment(em, { paymentId });
  if (known === undefined) throw new UserError('payment-not-found', `There is no payment ${paymentId}.`);
  const order = await lockOrder(em, known.orderId);
  await lockPaymentRow(em, { paymentId });
  const [payment] = await selectPayment(em, { paymentId, orderId: order.id });
  if (payment === undefined) throw new Error(`payment ${paymentId} has gone`);
  return { order, ...payment };
}

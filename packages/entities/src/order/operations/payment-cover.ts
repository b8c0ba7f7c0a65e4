import type { EntityManager } from '@mikro-orm/postgresql';
import { int8, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';

/** SQL: what was credited of order `o`, or of another alias, in minor units. */
export const creditedOf = (o = 'o') =>
  `coalesce((select c.credited_minor from order_credit c where c.order_id = ${o}.id), 0)`;

/**
 * SQL: what payment `p`, or that of another alias, covers of its order, in minor units: what was captured or can still be,
 * less what was refunded or is held by a dispute. A capture that was refused, and not tried again since, leaves what was
 * captured, as does the end of the authorization: the rest can't be counted on.
 */
export const paymentCover = (p = 'p') => `case when ${p}.status in ('authorized', 'captured') then
    greatest(case when ${p}.capture_before <= now() or (select t.status = 'failed' from payment_transaction t
        where t.payment_id = ${p}.id and t.kind = 'capture' and not (t.is_external and t.status = 'failed')
        order by t.created_at desc, t.id desc limit 1)
      then ${p}.captured_minor else ${p}.authorized_minor end - ${p}.refunded_minor - ${p}.disputed_minor, 0)
  else 0 end`;

/**
 * SQL: what of {@link paymentCover} is not about to be given up: nothing while the payment is being voided, or refunded as
 * far as it was captured.
 */
export const lastingCover = (p = 'p') => `(
  select case when pending.voids > 0
      or ${p}.captured_minor > 0 and ${p}.refunded_minor + pending.refund_minor >= ${p}.captured_minor then 0
    else greatest(${paymentCover(p)} - pending.refund_minor, 0) end
  from (select coalesce(sum(t.amount_minor) filter (where t.kind = 'refund'), 0) as refund_minor,
      count(*) filter (where t.kind = 'void') as voids
    from payment_transaction t where t.payment_id = ${p}.id and t.status = 'pending') pending)`;

/** SQL: what covers order `o` without payment `p`, in minor units ({@link lastingCover}). */
export const coverOfOthers = `(select coalesce(sum(${lastingCover('other')}), 0) from payment other
  where other.order_id = o.id and other.id <> p.id)`;

/** SQL: whether order `o` needs nothing of payment `p`: it is given up, or covered without it. */
export const isUnneeded = `(o.status in ('cancelled', 'returned') or o.total_minor - ${creditedOf()} <= ${coverOfOthers})`;

const selectCredited = statement({
  params: { orderId: uuid },
  row: { creditedMinor: int8 },
  sql: `select ${creditedOf()} as "creditedMinor" from sales_order o where o.id = :orderId`,
});

/** What was credited of an order, in minor units. */
export async function readCreditedMinor(em: EntityManager, orderId: string): Promise<bigint> {
  return onlyRow(await selectCredited(em, { orderId })).creditedMinor;
}

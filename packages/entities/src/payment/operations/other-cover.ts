/**
 * SQL: how much of order `o` is covered without payment `p`, in minor units. What is being voided covers nothing, nor
 * does an authorization that the provider has refused to capture. What a refund returned of a confirmed order was paid,
 * and is not paid again; a pending one is not paid for by it.
 */
export const otherCoverMinor = `(
  select coalesce(sum(other.authorized_minor - case o.status when 'pending' then other.refunded_minor else 0 end), 0)
  from payment other
  where other.order_id = o.id and other.id <> p.id and other.status in ('authorized', 'captured', 'refunded')
    and not exists (select from payment_transaction t where t.payment_id = other.id
      and (t.kind = 'void' and t.status = 'pending'
        or t.kind = 'capture' and t.status = 'failed' and other.captured_minor = 0)))`;

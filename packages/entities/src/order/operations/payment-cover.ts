/**
 * SQL: what payment `p` covers of its order, in minor units: what was captured or can still be, less what was refunded.
 * A capture that was refused, and not tried again since, leaves what was captured: the rest can't be counted on.
 */
export const paymentCover = `case when p.status in ('authorized', 'captured') then
    case when (select t.status = 'failed' from payment_transaction t
        where t.payment_id = p.id and t.kind = 'capture' order by t.created_at desc, t.id desc limit 1)
      then p.captured_minor else p.authorized_minor end - p.refunded_minor
  else 0 end`;

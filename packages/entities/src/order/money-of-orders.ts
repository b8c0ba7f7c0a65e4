/**
 * SQL, one row an order: what the ledgers of requests say of an order's money, whatever its payments say. A payment is
 * worth what was authorized, or captured at once, until it is voided, less what was refunded or is held by a dispute.
 * - covered: when the order was confirmed. Later refunds, disputes and voids do not count.
 * - kept: the same, with what was authorized since, and without what we have voided until all was shipped.
 * - held: now. What a capture left of its authorization lapses by itself.
 * - taken: captured by now, and not refunded.
 * - asked: captured by requests for that, less all that ever went back. What a provider captures by itself, or two
 *   attempts of the buyer at once, and a dispute that is won after they paid again are none of it.
 * - remains: that, and what can still be captured: until the authorization ends.
 * - collected: captured ever, whatever went back, and what can still be captured, or was given up by a void of ours.
 */
export const moneyOfOrders = `select order_id, max(changed_at) as changed_at,
    sum(case when was_voided or was_refunded then 0
      else greatest(greatest(authorized_before, captured_before) - returned_before, 0) end) as covered,
    sum(case when was_released or was_refunded then 0
      else greatest(greatest(authorized, captured) - returned_before, 0) end) as kept,
    sum(case when is_voided then 0 when captured > 0 then greatest(captured - returned, 0) else authorized end) as held,
    sum(greatest(captured - returned, 0)) as taken, sum(greatest(asked - ever_returned, 0)) as asked,
    sum(refunded) as refunded,
    sum(case when is_voided then 0
      else greatest(case when has_ended then captured else greatest(authorized, captured) end - returned, 0) end) as remains,
    sum(case when has_lapsed then captured else greatest(authorized, captured) end) as collected
  from (select *, captured_before > 0 and refunded_before = captured_before as was_refunded,
      refunded_before + disputed_before as returned_before,
      case when is_voided then is_voided_there else has_ended end as has_lapsed
    from (select p.order_id, p.id, max(t.completed_at) as changed_at,
        coalesce(p.capture_before <= now(), false) as has_ended, coalesce(sum(t.refunded), 0) as refunded,
        coalesce(sum(t.authorized), 0) as authorized, coalesce(sum(t.captured), 0) as captured,
        coalesce(sum(t.refunded + t.disputed), 0) as returned, bool_or(t.is_void) as is_voided,
        bool_or(t.is_void and t.is_external) as is_voided_there,
        coalesce(bool_or(t.is_void and not t.is_external and t.completed_at <= coalesce(s.changed_at, 'infinity')), false)
          as was_released, coalesce(sum(t.asked), 0) as asked,
        coalesce(sum(t.ever_returned), 0) as ever_returned,
        coalesce(sum(t.authorized) filter (where t.is_before), 0) as authorized_before,
        coalesce(sum(t.captured) filter (where t.is_before), 0) as captured_before,
        coalesce(sum(t.refunded) filter (where t.is_before), 0) as refunded_before,
        coalesce(sum(t.disputed) filter (where t.is_before), 0) as disputed_before,
        bool_or(t.is_void and t.is_before) as was_voided
      from payment p
      left join order_status_history c on c.order_id = p.order_id and c.to_status = 'confirmed'
      left join order_status_history s on s.order_id = p.order_id and s.to_status = 'shipped'
      cross join lateral (select t.completed_at, t.is_external, t.kind = 'void' as is_void,
          case when t.kind = 'capture' and not t.is_external and t.idempotency_key <> 'immediate:' || p.id
            then done.minor else 0 end as asked,
          case when t.kind in ('refund', 'dispute') then done.minor else 0 end as ever_returned,
          coalesce(t.completed_at <= c.changed_at, false) as is_before,
          case t.kind when 'authorize' then done.minor else 0 end as authorized,
          case t.kind when 'capture' then done.minor else 0 end as captured,
          case t.kind when 'refund' then done.minor when 'refund_reversal' then -done.minor else 0 end as refunded,
          case t.kind when 'dispute' then done.minor when 'dispute_reversal' then -done.minor else 0 end as disputed
        from payment_transaction t cross join lateral (select coalesce(t.settled_minor, t.amount_minor)) as done (minor)
        where t.payment_id = p.id and t.status = 'succeeded') t
      group by p.order_id, p.id) as sums) payment
  group by order_id`;

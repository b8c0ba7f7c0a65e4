/**
 * The shop's invariants, each as a query for what breaks it. Written from the domain's rules and not from the plan's
 * code: what the plan computes in its generators is computed here from the rows.
 */
export const seedInvariants: Record<string, string> = {
  'reserved is the sum of held reservations': `
    select l.* from stock_level l left join (select variant_id, location_id, sum(quantity) as held
      from stock_reservation where status = 'held' group by 1, 2) as r using (variant_id, location_id)
     where reserved <> coalesce(held, 0)`,
  'on_hand is the sum of the ledger': `
    select l.* from stock_level l left join (select variant_id, location_id, sum(quantity) as total
      from stock_movement group by 1, 2) as m using (variant_id, location_id)
     where on_hand <> coalesce(total, 0)`,
  'the shelf was never below empty': `
    select * from (select variant_id, sum(quantity) over (partition by variant_id order by created_at, quantity desc) as shelf
      from stock_movement) as m where shelf < 0`,
  'a line of a cart has the properties of its order': `
    select l.id from order_line l join sales_order o on o.id = l.order_id
     where not exists (select from cart_line c where c.cart_id = o.cart_id and c.variant_id = l.variant_id
       and c.properties is not distinct from l.properties)`,
  'what came back was asked for after its delivery, and is in the stock again': `
    select r.id from return_request r join sales_order o on o.id = r.order_id
      join return_request_line asked on asked.return_request_id = r.id join order_line l on l.id = asked.order_line_id
     where asked.received_quantity <> l.returned_quantity or asked.restocked_quantity <> l.returned_quantity
        or r.created_at >= r.updated_at or r.created_at < o.placed_at`,
  'every unit that came back is of a return': `
    select id from order_line l where returned_quantity > 0 and not exists (
      select from return_request_line asked where asked.order_line_id = l.id)
      and exists (select from payment p where p.order_id = l.order_id and p.captured_minor > 0)`,
  'lines add up to the subtotal': `
    select o.id from sales_order o join order_line l on l.order_id = o.id
     group by o.id having o.subtotal_minor <> sum(l.total_minor)`,
  'every order has lines': `select id from sales_order where id not in (select order_id from order_line)`,
  'adjustments add up to discount, shipping and tax': `
    select o.id from sales_order o left join order_adjustment a on a.order_id = o.id group by o.id
    having o.discount_minor <> coalesce(sum(a.amount_minor) filter (where kind = 'discount'), 0)
        or o.shipping_minor <> coalesce(sum(a.amount_minor) filter (where kind = 'shipping'), 0)
        or o.tax_minor <> coalesce(sum(a.amount_minor) filter (where kind = 'tax'), 0)`,
  'the total is what was charged with its tax': `
    select id from sales_order where total_minor <> subtotal_minor - discount_minor + shipping_minor
      + case when tax_included then 0 else tax_minor end`,
  'each taxable line is taxed on what it costs before tax': `
    select l.id from order_line l join sales_order o on o.id = l.order_id join product_variant v on v.id = l.variant_id
      left join (select order_line_id, max(taxable_minor) as net,
          coalesce(sum(amount_minor) filter (where kind = 'tax'), 0) as tax,
          coalesce(sum(amount_minor) filter (where kind = 'discount'), 0) as discount
        from order_adjustment group by 1) a on a.order_line_id = l.id
     where coalesce(a.net, 0) + case when o.tax_included then coalesce(a.tax, 0) else 0 end
         <> case when v.taxable then l.total_minor - coalesce(a.discount, 0) else 0 end
        or abs(coalesce(a.tax, 0) - coalesce(a.net, 0) * 0.0825) > 0.6`,
  'an adjusted line is of the same order': `
    select a.id from order_adjustment a join order_line l on l.id = a.order_line_id where l.order_id <> a.order_id`,
  'the discounts of an order are of its coupon, which is valid, at its rate, and given back by a cancellation': `
    select o.id from sales_order o left join coupon_redemption r on r.order_id = o.id
      left join coupon c on c.id = r.coupon_id left join promotion p on p.id = c.promotion_id
     where coalesce(r.discount_minor, 0) <> o.discount_minor
        or (select sum(round(total_minor * rate_ppm / 1000000.0)) from order_line l where l.order_id = o.id) <> r.discount_minor
        or exists (select from order_adjustment a where a.order_id = o.id and kind = 'discount' and a.code is distinct from c.code)
        or not p.valid @> o.placed_at or o.subtotal_minor < p.minimum_subtotal_minor
        or p.currency_code <> o.currency_code
        or (r.released_at is not null) <> (r.order_id is not null and o.status = 'cancelled')`,
  'payments are the sums of their transactions': `
    select p.id from payment p left join payment_transaction t on t.payment_id = p.id and t.status = 'succeeded'
     group by p.id
    having p.authorized_minor <> coalesce(sum(t.amount_minor) filter (where kind = 'authorize'), 0)
        or p.captured_minor <> coalesce(sum(t.amount_minor) filter (where kind = 'capture'), 0)
        or p.refunded_minor <> coalesce(sum(t.amount_minor) filter (where kind = 'refund'), 0)`,
  'credit notes are their lines and taxes, number the orders that were refunded, and are what was refunded': `
    select o.id from sales_order o
      left join (select order_id, sum(net_minor) as net, sum(tax_minor) as tax from credit_note group by 1) n on n.order_id = o.id
      left join (select n.order_id, sum(l.net_minor) as net, sum(l.tax_minor) as tax from credit_note n
        join credit_note_line l on l.credit_note_id = n.id group by 1) l on l.order_id = o.id
      left join (select n.order_id, sum(amount_minor) as tax from credit_note n
        join credit_note_line l on l.credit_note_id = n.id join credit_note_tax t on t.credit_note_line_id = l.id
        group by 1) t on t.order_id = o.id
      left join (select order_id, sum(refunded_minor) as refunded from payment group by 1) p on p.order_id = o.id
      left join order_credit c on c.order_id = o.id
     where (coalesce(n.net, 0), coalesce(n.tax, 0)) <> (coalesce(l.net, 0), coalesce(l.tax, 0))
        or coalesce(n.tax, 0) <> coalesce(t.tax, 0) or coalesce(n.net + n.tax, 0) <> coalesce(p.refunded, 0)
        or c.credited_minor is distinct from n.net + n.tax
        or o.status = 'returned' and n.net + n.tax is distinct from o.total_minor`,
  'confirmed orders are covered': `
    select o.id from sales_order o left join payment p on p.order_id = o.id and p.status not in ('failed', 'voided')
     where o.status not in ('pending', 'cancelled')
     group by o.id having o.total_minor > coalesce(sum(p.authorized_minor), 0)`,
  'shipped orders are captured': `
    select o.id from sales_order o left join payment p on p.order_id = o.id
     where o.status in ('partially_shipped', 'shipped', 'completed', 'returned')
     group by o.id having o.total_minor <> coalesce(sum(p.captured_minor), 0)`,
  'cancelled orders hold no stock and keep no money': `
    select o.id from sales_order o where status = 'cancelled' and (
      exists (select from order_line l join stock_reservation r on r.order_line_id = l.id
               where l.order_id = o.id and r.status in ('held', 'consumed'))
      or exists (select from payment p where p.order_id = o.id and p.status in ('authorized', 'captured', 'pending'))
      or exists (select from order_line l where l.order_id = o.id and l.cancelled_quantity <> l.quantity))`,
  'open orders hold their stock': `
    select o.id from sales_order o join order_line l on l.order_id = o.id
     where o.status in ('pending', 'confirmed', 'partially_shipped') and l.quantity > l.shipped_quantity + coalesce(
       (select sum(quantity) from stock_reservation r where r.order_line_id = l.id and r.status = 'held'), 0)`,
  'histories begin with new, are contiguous, legal, in order of time, and end in the status': `
    select o.id from sales_order o join (
      select order_id, array_agg(to_status order by id desc) as last, bool_and(
          from_status = coalesce(previous, 'new') and changed_at >= coalesce(before, '-infinity')
          and exists (select from status_transition t where machine = 'sales_order'
                       and t.from_status = h.from_status and t.to_status = h.to_status)) as is_sound
        from (select *, lag(to_status) over w as previous, lag(changed_at) over w as before
                from order_status_history window w as (partition by order_id order by id)) as h
       group by order_id) as h on h.order_id = o.id
     where not is_sound or last[1] <> status
    union all select id from sales_order where id not in (select order_id from order_status_history)`,
  'completed carts have one order and one order.placed event': `
    select c.id from cart c where status = 'completed' and (
      (select count(*) from sales_order o where o.cart_id = c.id) <> 1
      or (select count(*) from sales_order o join outbox_event e on e.aggregate_id = o.id and topic = 'order.placed'
           where o.cart_id = c.id) <> 1)
    union all select c.id from cart c join sales_order o on o.cart_id = c.id where c.status <> 'completed'`,
  'shipped is what reservations consumed and the ledger shows': `
    select l.id from order_line l
     where shipped_quantity <> coalesce((select sum(quantity) from stock_reservation r
             where r.order_line_id = l.id and status = 'consumed'), 0)
        or shipped_quantity <> coalesce((select -sum(m.quantity) from stock_movement m join stock_reservation r
             on r.id = m.reservation_id where r.order_line_id = l.id and kind = 'shipment'), 0)
        or returned_quantity <> coalesce((select sum(m.quantity) from stock_movement m join stock_reservation r
             on r.id = m.reservation_id where r.order_line_id = l.id and kind = 'return'), 0)`,
  'the status follows from the lines': `
    select o.id from sales_order o join (select order_id, sum(shipped_quantity) as shipped, sum(quantity) as ordered
      from order_line group by 1) as l on order_id = o.id
     where case when status in ('pending', 'confirmed', 'cancelled') then shipped > 0
                when status = 'partially_shipped' then shipped = 0 or shipped = ordered
                else shipped <> ordered end`,
  'consumed reservations are of a parcel of the same order that has left': `
    select r.id from stock_reservation r join order_line l on l.id = r.order_line_id join shipment s on s.id = r.shipment_id
     where s.order_id <> l.order_id or s.status not in ('shipped', 'delivered', 'returned')`,
  'no hold, cart, transaction or event is overdue': `
    select id::text from stock_reservation where status = 'held' and expires_at < $1
    union all select id::text from cart where status = 'open' and expires_at < $1
    union all select id::text from payment_transaction where status = 'pending' and created_at < $1 - interval '15 minutes'
    union all select id::text from outbox_event where published_at is null and created_at < $1 - interval '15 minutes'`,
  'nothing personal is left of erased customers': `
    select c.id from customer c where erased_at is not null and (
      num_nonnulls(email, first_name, last_name, phone) > 0
      or exists (select from customer_credential k where k.customer_id = c.id)
      or exists (select from customer_address a where a.customer_id = c.id)
      or exists (select from cart where cart.customer_id = c.id and status = 'open')
      or exists (select from sales_order o where o.customer_id = c.id and (o.email is not null or placed_at > erased_at))
      or exists (select from sales_order o join order_address a on a.order_id = o.id where o.customer_id = c.id
                  and num_nonnulls(full_name, company, line1, line2, city, region, postal_code, phone) > 0))`,
  'all other orders have an e-mail address or are of an erased guest': `
    select o.id from sales_order o left join customer c on c.id = o.customer_id
     where o.email is null and customer_id is not null and erased_at is null`,
  'sequences are ahead': `
    select 1 where nextval('sales_order_number_seq') <= (select max(number) from sales_order)
                or nextval('credit_note_number_seq') <= (select max(number) from credit_note)
                or nextval(pg_get_serial_sequence('stock_movement', 'id')) <= (select max(id) from stock_movement)
                or nextval(pg_get_serial_sequence('outbox_event', 'id')) <= (select max(id) from outbox_event)
                or nextval(pg_get_serial_sequence('order_status_history', 'id')) <= (select max(id) from order_status_history)`,
  'nothing happens before its cause': `
    select o.id::text from sales_order o join customer c on c.id = o.customer_id where c.created_at > o.placed_at
    union all select o.id::text from sales_order o join cart on cart.id = o.cart_id where cart.created_at > o.placed_at
    union all select p.id::text from payment p join sales_order o on o.id = p.order_id where p.created_at < o.placed_at
    union all select t.id::text from payment_transaction t join payment p on p.id = t.payment_id where t.created_at < p.created_at
    union all select s.id::text from shipment s join sales_order o on o.id = s.order_id where s.created_at < o.placed_at
    union all select s.id::text from shipment s where shipped_at < created_at`,
  'nothing is in the future': `
    select 'order' where exists (select from sales_order where greatest(placed_at, updated_at) > $1)
    union all select 'history' where exists (select from order_status_history where changed_at > $1)
    union all select 'parcel' where exists (select from shipment where greatest(shipped_at, delivered_at, created_at, updated_at) > $1)
    union all select 'payment' where exists (select from payment where greatest(created_at, updated_at) > $1)
    union all select 'transaction' where exists (select from payment_transaction where greatest(created_at, completed_at) > $1)
    union all select 'cart' where exists (select from cart where greatest(created_at, updated_at) > $1)
    union all select 'customer' where exists (select from customer where greatest(created_at, updated_at) > $1)
    union all select 'event' where exists (select from outbox_event where greatest(created_at, published_at) > $1)`,
};

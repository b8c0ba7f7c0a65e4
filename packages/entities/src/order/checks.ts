import { noRows, query, references, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';
import { moneyOfOrders } from './money-of-orders.ts';

/** One row an order. Each child table is aggregated before it is joined, so that no row counts twice. */
const orders = query({
  name: 'orders',
  key: ['id'],
  sql: `select o.id, o.number, o.status, o.total_minor, o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor,
      lines.amount as lines_minor, coalesce(lines.open, 0) as open, coalesce(lines.shipped, 0) as shipped,
      coalesce(lines.returned, 0) as returned, coalesce(shipments.number, 0) as shipments,
      coalesce(shipments.undelivered, 0) as undelivered, coalesce(adjustments.discount, 0) as discount_adjustments_minor,
      coalesce(adjustments.shipping, 0) as shipping_adjustments_minor,
      coalesce(adjustments.tax, 0) as tax_adjustments_minor,
      coalesce(money.covered, 0) as covered_minor, coalesce(money.kept, 0) as kept_minor,
      coalesce(credit.credited, 0) as credited_minor, coalesce(credit.of_placed, 0) as credited_of_placed_minor,
      coalesce(edits.added, 0) as added_minor, coalesce(money.held, 0) as held_minor,
      coalesce(money.taken, 0) as taken_minor, coalesce(money.asked, 0) as asked_minor,
      greatest(history.cancelled_at, money.changed_at) as held_since,
      history.is_contiguous, history.is_legal, history.last_status, coalesce(placed.events, 0) as placed_events, o.placed_at,
      coalesce((select removed_before from maintenance_run where task = 'published-events'),
        '-infinity') as events_removed_before,
      coalesce(adjustments.strange, 0) as strange_adjustments, coalesce(lines.cancelled_minor, 0) as cancelled_minor,
      coalesce(money.remains, 0) as remains_minor, coalesce(money.refunded, 0) as refunded_minor,
      coalesce(money.collected, 0) as collected_minor, coalesce(given_up.minor, 0) as given_up_minor,
      coalesce(addresses.shipping, 0) as shipping_addresses,
      c.id is null or c.currency_code = o.currency_code and c.customer_id is not distinct from o.customer_id as is_of_cart
    from sales_order o
    left join (select order_id, sum(total_minor) as amount, sum(shipped_quantity) as shipped,
        sum(returned_quantity) as returned, sum(quantity - shipped_quantity - cancelled_quantity) as open,
        sum(cancelled_quantity * unit_price_minor) as cancelled_minor
      from order_line group by order_id) lines
      on lines.order_id = o.id
    -- At most what units cost that were cancelled or came back, and not credited: before the discounts of the whole order.
    left join (select l.order_id, sum(ceil((l.total_minor + coalesce(tax.minor, 0))::numeric
          * greatest(l.cancelled_quantity + l.returned_quantity - coalesce(credited.units, 0), 0) / l.quantity)) as minor
      from order_line l
      left join (select order_line_id, sum(amount_minor) as minor from order_adjustment where kind = 'tax'
        group by order_line_id) tax on tax.order_line_id = l.id
      left join (select order_line_id, sum(quantity) as units from credit_note_line group by order_line_id) credited
        on credited.order_line_id = l.id
      where l.cancelled_quantity + l.returned_quantity > 0 group by l.order_id) given_up on given_up.order_id = o.id
    left join (select a.order_id, sum(amount_minor) filter (where kind = 'discount') as discount,
        sum(amount_minor) filter (where kind = 'shipping') as shipping,
        sum(amount_minor) filter (where kind = 'tax') as tax,
        count(*) filter (where l.order_id <> a.order_id) as strange
      from order_adjustment a left join order_line l on l.id = a.order_line_id group by a.order_id) adjustments
      on adjustments.order_id = o.id
    left join (select order_id, count(*) as number,
        count(*) filter (where status in ('pending', 'shipped')) as undelivered
      from shipment where status <> 'cancelled' group by order_id) shipments on shipments.order_id = o.id
    left join (${moneyOfOrders}) money on money.order_id = o.id
    left join (select n.order_id, sum(c.net_minor + c.tax_minor) as credited,
        sum(c.net_minor + c.tax_minor) filter (where l.edit_number is null) as of_placed
      from credit_note n join credit_note_line c on c.credit_note_id = n.id
        left join order_line l on l.id = c.order_line_id
      group by n.order_id) credit on credit.order_id = o.id
    left join (select e.order_id, sum(e.subtotal_minor + case when o.tax_included then 0 else e.tax_minor end) as added
      from order_edit e join sales_order o on o.id = e.order_id group by e.order_id) edits on edits.order_id = o.id
    left join (select order_id, bool_and(from_status = previous) as is_contiguous, bool_and(is_legal) as is_legal,
        max(to_status) filter (where is_last) as last_status,
        max(changed_at) filter (where to_status = 'cancelled') as cancelled_at
      from (select h.order_id, h.from_status, h.to_status, h.changed_at, t.machine is not null as is_legal,
          lag(h.to_status, 1, 'new') over steps as previous, lead(h.id) over steps is null as is_last
        from order_status_history h
        left join status_transition t on t.machine = 'sales_order' and t.from_status = h.from_status
          and t.to_status = h.to_status
        window steps as (partition by h.order_id order by h.id)) as step
      group by order_id) history on history.order_id = o.id
    left join (select aggregate_id, count(*) as events from outbox_event where topic = 'order.placed'
      group by aggregate_id) placed on placed.aggregate_id = o.id
    left join (select order_id, count(*) filter (where kind = 'shipping' and replaced_by = 0) as shipping from order_address
      group by order_id) addresses on addresses.order_id = o.id
    left join cart c on c.id = o.cart_id`,
});

const booksFix = 'An order on the books is not rewritten: correct the row that is wrong, and record why.';
const historyFix =
  'Find what wrote past the triggers; then append or correct the steps, as superuser, in order.';

/** Invariants 2, 4 (money), 5, and the event of invariant 6. */
export function orderChecks(returnMoneyGraceMs: number): Check[] {
  const books = { on: orders, nulls: 'fail', fix: booksFix } as const;
  const history = (id: string, description: string, that: string) =>
    rowCheck({
      id,
      description,
      on: orders,
      that,
      nulls: 'fail',
      show: ['number', 'status', 'last_status'],
      fix: historyFix,
    });
  return [
    rowCheck({
      ...books,
      id: 'order.subtotal',
      description: 'An order has lines, and their sum is its subtotal.',
      that: 'subtotal_minor = lines_minor',
      show: ['number', 'subtotal_minor', 'lines_minor'],
    }),
    ...['discount', 'shipping', 'tax'].map((kind) =>
      rowCheck({
        ...books,
        id: `order.${kind}`,
        description: `The ${kind} of an order is the sum of its adjustments of this kind.`,
        that: `${kind}_minor = ${kind}_adjustments_minor`,
        show: ['number', `${kind}_minor`, `${kind}_adjustments_minor`],
      }),
    ),
    rowCheck({
      id: 'order.total',
      description:
        'The total is the subtotal less the discount, plus shipping, plus the tax unless these include it.',
      on: table('sales_order'),
      that: `total_minor = subtotal_minor - discount_minor + shipping_minor
        + case when tax_included then 0 else tax_minor end`,
      show: ['number', 'total_minor', 'tax_included'],
      fix: booksFix,
    }),
    rowCheck({
      id: 'order.tax-rate',
      description:
        'A tax with a rate is that share of its base, give or take two minor units of the base and of itself.',
      on: table('order_adjustment'),
      that: `abs(amount_minor::numeric * 1000000 - taxable_minor::numeric * rate_ppm) <= 2 * (1000000 + rate_ppm)`,
      show: ['order_id', 'code', 'rate_ppm', 'taxable_minor', 'amount_minor'],
      fix: booksFix,
    }),
    noRows({
      id: 'order.tax-base',
      description:
        'A line is taxed on no more than it cost after its discounts; what includes taxes is net and taxes.',
      sql: `select l.id, o.number, l.position, l.total_minor, a.taxable_minor, a.tax_minor, a.discount_minor
        from (select order_line_id, max(taxable_minor) as taxable_minor,
            coalesce(sum(amount_minor) filter (where kind = 'tax'), 0) as tax_minor,
            coalesce(sum(amount_minor) filter (where kind = 'discount'), 0) as discount_minor
          from order_adjustment where order_line_id is not null group by order_line_id) a
        join order_line l on l.id = a.order_line_id join sales_order o on o.id = l.order_id
        where a.taxable_minor + case when o.tax_included then a.tax_minor else 0 end > l.total_minor - a.discount_minor`,
      key: ['id'],
      show: ['number', 'position', 'total_minor', 'taxable_minor', 'tax_minor', 'discount_minor'],
      fix: booksFix,
    }),
    noRows({
      id: 'order.line-discount',
      description: 'The discounts of a line are no more than it costs.',
      sql: `select l.id, o.number, l.position, l.total_minor, a.discount_minor
        from (select order_line_id, sum(amount_minor) as discount_minor from order_adjustment
          where kind = 'discount' and order_line_id is not null group by order_line_id) a
        join order_line l on l.id = a.order_line_id join sales_order o on o.id = l.order_id
        where a.discount_minor > l.total_minor`,
      key: ['id'],
      show: ['number', 'position', 'total_minor', 'discount_minor'],
      fix: booksFix,
    }),
    rowCheck({
      id: 'order.covered',
      description:
        'An order was confirmed when payments covered it. What of them we did not void until all was shipped covers what ' +
        'was not credited; what edits have added, too, from the first shipment on.',
      on: orders,
      that: `status in ('pending', 'cancelled') or covered_minor >= total_minor - added_minor
        and case when status = 'returned' then true
          when status = 'confirmed' then kept_minor >= total_minor - added_minor - credited_of_placed_minor
          else kept_minor >= total_minor - credited_minor end`,
      show: [
        'number',
        'status',
        'total_minor',
        'covered_minor',
        'kept_minor',
        'credited_minor',
        'credited_of_placed_minor',
        'added_minor',
      ],
      fix: 'Ask the provider what was authorized; then record it, take a payment, or cancel the order.',
    }),
    rowCheck({
      id: 'order.overpaid',
      description: 'No more than the total of an order was asked for by captures of its payments.',
      on: orders,
      that: 'asked_minor <= total_minor',
      show: ['number', 'status', 'total_minor', 'asked_minor'],
      fix: 'Compare with the provider; then record the missing refund, or refund what was taken too much.',
    }),
    rowCheck({
      id: 'order.overpaid-at-provider',
      description:
        'All payments of an order together have taken no more than its total: not by what the provider or the buyer did twice, either.',
      severity: 'warning',
      on: orders,
      that: 'taken_minor <= total_minor or asked_minor > total_minor',
      show: ['number', 'status', 'total_minor', 'taken_minor'],
      fix: 'Refund the payment that the buyer did not mean with refundPayment; the event order.overpaid names it.',
    }),
    rowCheck({
      id: 'order.status',
      description:
        'Units are shipped of confirmed orders only; what was shipped, returned and delivered is what the status says.',
      on: orders,
      that: `case status
        when 'pending' then shipped = 0 and shipments = 0
        when 'cancelled' then shipped = 0 and shipments = 0 and open = 0
        when 'confirmed' then shipped = 0 and open > 0
        when 'partially_shipped' then shipped > 0 and open > 0
        when 'shipped' then shipped > 0 and open <= 0 and undelivered > 0
        when 'completed' then shipped > 0 and open <= 0 and undelivered = 0
        else shipped > 0 and open <= 0 and returned >= shipped end`,
      nulls: 'fail',
      show: ['number', 'status', 'open', 'shipped', 'returned', 'shipments', 'undelivered'],
      fix: 'Compare with what left the warehouse, arrived and came back; then correct the status or the lines, as superuser.',
    }),
    rowCheck({
      id: 'order.unpaid-goods',
      description:
        'The money for what is to be shipped is still there: not refunded whole, nor disputed, nor of an authorization that has ended.',
      severity: 'warning',
      on: orders,
      // What was cancelled or credited needs none, and a part that was refunded was on purpose.
      that: `status not in ('confirmed', 'partially_shipped') or total_minor = 0 or cancelled_minor >= subtotal_minor
        or status = 'confirmed' and added_minor > 0
        or remains_minor > 0 and (remains_minor + greatest(refunded_minor, credited_minor - cancelled_minor)
            + case when cancelled_minor > 0 then 1 else 0 end)
          * subtotal_minor >= total_minor * (subtotal_minor - cancelled_minor)`,
      show: ['number', 'status', 'total_minor', 'cancelled_minor', 'remains_minor'],
      fix: 'Take another payment with authorizePayment, or cancel what is not to be shipped.',
    }),
    rowCheck({
      id: 'order.uncollected',
      description:
        'What was shipped and not returned was captured, or can be: no authorization for it has ended before.',
      severity: 'warning',
      on: orders,
      // What was given up or credited costs nothing; what went back was captured before.
      that: `status not in ('shipped', 'completed') or collected_minor + credited_minor + given_up_minor
          + case when given_up_minor > 0 then tax_minor else 0 end >= total_minor`,
      show: ['number', 'status', 'total_minor', 'given_up_minor', 'collected_minor', 'credited_minor'],
      fix: 'Take another payment with authorizePayment, or write the money off with refundOrder; and capture as orders are shipped.',
    }),
    rowCheck({
      ...books,
      id: 'order.adjustment-lines',
      description: 'A discount, a fee or a tax of a line is that of a line of the same order.',
      that: 'strange_adjustments = 0',
      show: ['number', 'strange_adjustments'],
    }),
    rowCheck({
      ...books,
      id: 'order.address',
      description: 'An order has the address that it is shipped to.',
      that: 'shipping_addresses = 1',
      show: ['number', 'shipping_addresses'],
    }),
    rowCheck({
      ...books,
      id: 'order.cart',
      description: 'An order has the currency and the customer of its cart.',
      that: 'is_of_cart',
      show: ['number', 'is_of_cart'],
    }),
    rowCheck({
      id: 'order.cancelled-money',
      description:
        'A cancelled order keeps no money: what was authorized is voided, what was captured refunded.',
      severity: 'warning',
      on: orders,
      that: `status <> 'cancelled' or held_minor = 0 or held_since >= ${ago(returnMoneyGraceMs)}`,
      show: ['number', 'held_minor', 'held_since'],
      fix: 'Call returnMoney(em, provider, { orderId }) with the provider of each payment, until it resolves.',
    }),
    history(
      'order.history-contiguous',
      'Each step of a history begins where the one before ended.',
      'is_contiguous',
    ),
    history('order.history-legal', 'Each step of a history is a legal transition.', 'is_legal'),
    history(
      'order.history-last',
      'The status of an order is the last one in its history.',
      'last_status = status',
    ),
    rowCheck({
      id: 'order.placed-event',
      description: 'An order has one order.placed event, unless that was published and is removed by now.',
      on: orders,
      that: 'placed_events = 1 or (placed_events = 0 and placed_at < events_removed_before)',
      show: ['number', 'placed_at', 'placed_events'],
      fix: 'Insert the missing event into outbox_event; of two, delete an unpublished one.',
    }),
    references({
      id: 'payment.currency',
      description: 'A payment is in the currency of its order.',
      table: 'payment',
      columns: ['order_id', 'currency_code'],
      parent: 'sales_order',
      parentColumns: ['id', 'currency_code'],
      key: ['id'],
      fix: 'Ask the provider in which currency it was paid; then correct the payment or the order.',
    }),
  ];
}

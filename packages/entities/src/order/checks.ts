import { query, references, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

/** One row an order. Each child table is aggregated before it is joined, so that no row counts twice. */
const orders = query({
  name: 'orders',
  key: ['id'],
  sql: `select o.id, o.number, o.status, o.total_minor, o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor,
      lines.amount as lines_minor, coalesce(adjustments.discount, 0) as discount_adjustments_minor,
      coalesce(adjustments.shipping, 0) as shipping_adjustments_minor,
      coalesce(adjustments.tax, 0) as tax_adjustments_minor,
      coalesce(payments.covered, 0) as covered_minor, coalesce(payments.held, 0) as held_minor,
      greatest(o.updated_at, payments.updated_at) as held_since,
      history.is_contiguous, history.is_legal, history.last_status, coalesce(placed.events, 0) as placed_events
    from sales_order o
    left join (select order_id, sum(total_minor) as amount from order_line group by order_id) lines
      on lines.order_id = o.id
    left join (select order_id, sum(amount_minor) filter (where kind = 'discount') as discount,
        sum(amount_minor) filter (where kind = 'shipping') as shipping,
        sum(amount_minor) filter (where kind = 'tax') as tax
      from order_adjustment group by order_id) adjustments on adjustments.order_id = o.id
    left join (select order_id, sum(authorized_minor) as covered, max(updated_at) as updated_at,
        sum(case status when 'authorized' then authorized_minor
          else greatest(captured_minor - refunded_minor - disputed_minor, 0) end) as held
      from payment
      where status in ('authorized', 'captured', 'refunded') group by order_id) payments on payments.order_id = o.id
    left join (select order_id, bool_and(from_status = previous) as is_contiguous, bool_and(is_legal) as is_legal,
        max(to_status) filter (where is_last) as last_status
      from (select h.order_id, h.from_status, h.to_status, t.machine is not null as is_legal,
          lag(h.to_status, 1, 'new') over steps as previous, lead(h.id) over steps is null as is_last
        from order_status_history h
        left join status_transition t on t.machine = 'sales_order' and t.from_status = h.from_status
          and t.to_status = h.to_status
        window steps as (partition by h.order_id order by h.id)) as step
      group by order_id) history on history.order_id = o.id
    left join (select aggregate_id, count(*) as events from outbox_event where topic = 'order.placed'
      group by aggregate_id) placed on placed.aggregate_id = o.id`,
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
      description: 'The total is the subtotal less the discount, plus shipping and tax.',
      on: table('sales_order'),
      that: 'total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor',
      show: ['number', 'total_minor'],
      fix: booksFix,
    }),
    rowCheck({
      id: 'order.covered',
      description: 'A confirmed order is covered by authorized payments.',
      on: orders,
      that: `status in ('pending', 'cancelled') or covered_minor >= total_minor`,
      show: ['number', 'status', 'total_minor', 'covered_minor'],
      fix: 'Ask the provider what was authorized; then record it, take a payment, or cancel the order.',
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
      description: 'An order has one order.placed event.',
      on: orders,
      that: 'placed_events = 1',
      show: ['number', 'placed_events'],
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

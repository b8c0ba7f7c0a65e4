import { query, references, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

/** One row an order. Each child table is aggregated before it is joined, so that no row counts twice. */
const orders = query({
  name: 'orders',
  key: ['id'],
  sql: `SELECT o.id, o.number, o.status, o.total_minor, o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor,
      lines.amount AS lines_minor, coalesce(adjustments.discount, 0) AS discount_adjustments_minor,
      coalesce(adjustments.shipping, 0) AS shipping_adjustments_minor,
      coalesce(adjustments.tax, 0) AS tax_adjustments_minor,
      coalesce(payments.covered, 0) AS covered_minor, coalesce(payments.held, 0) AS held_minor,
      greatest(o.updated_at, payments.updated_at) AS held_since,
      history.is_contiguous, history.is_legal, history.last_status, coalesce(placed.events, 0) AS placed_events
    FROM sales_order o
    LEFT JOIN (SELECT order_id, sum(total_minor) AS amount FROM order_line GROUP BY order_id) lines
      ON lines.order_id = o.id
    LEFT JOIN (SELECT order_id, sum(amount_minor) FILTER (WHERE kind = 'discount') AS discount,
        sum(amount_minor) FILTER (WHERE kind = 'shipping') AS shipping,
        sum(amount_minor) FILTER (WHERE kind = 'tax') AS tax
      FROM order_adjustment GROUP BY order_id) adjustments ON adjustments.order_id = o.id
    LEFT JOIN (SELECT order_id, sum(authorized_minor) AS covered, max(updated_at) AS updated_at,
        sum(CASE status WHEN 'authorized' THEN authorized_minor ELSE captured_minor - refunded_minor END) AS held
      FROM payment
      WHERE status IN ('authorized', 'captured', 'refunded') GROUP BY order_id) payments ON payments.order_id = o.id
    LEFT JOIN (SELECT order_id, bool_and(from_status = previous) AS is_contiguous, bool_and(is_legal) AS is_legal,
        max(to_status) FILTER (WHERE is_last) AS last_status
      FROM (SELECT h.order_id, h.from_status, h.to_status, t.machine IS NOT NULL AS is_legal,
          lag(h.to_status, 1, 'new') OVER steps AS previous, lead(h.id) OVER steps IS NULL AS is_last
        FROM order_status_history h
        LEFT JOIN status_transition t ON t.machine = 'sales_order' AND t.from_status = h.from_status
          AND t.to_status = h.to_status
        WINDOW steps AS (PARTITION BY h.order_id ORDER BY h.id)) AS step
      GROUP BY order_id) history ON history.order_id = o.id
    LEFT JOIN (SELECT aggregate_id, count(*) AS events FROM outbox_event WHERE topic = 'order.placed'
      GROUP BY aggregate_id) placed ON placed.aggregate_id = o.id`,
});

const BOOKS = 'An order on the books is not rewritten: correct the row that is wrong, and record why.';
const HISTORY =
  'Find what wrote past the triggers; then append or correct the steps, as superuser, in order.';

/** Invariants 2, 4 (money), 5, and the event of invariant 6. */
export function orderChecks(returnMoneyGraceMs: number): Check[] {
  const books = { on: orders, nulls: 'fail', fix: BOOKS } as const;
  const history = (id: string, description: string, that: string) =>
    rowCheck({
      id,
      description,
      on: orders,
      that,
      nulls: 'fail',
      show: ['number', 'status', 'last_status'],
      fix: HISTORY,
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
      fix: BOOKS,
    }),
    rowCheck({
      id: 'order.covered',
      description: 'A confirmed order is covered by authorized payments.',
      on: orders,
      that: `status IN ('pending', 'cancelled') OR covered_minor >= total_minor`,
      show: ['number', 'status', 'total_minor', 'covered_minor'],
      fix: 'Ask the provider what was authorized; then record it, take a payment, or cancel the order.',
    }),
    rowCheck({
      id: 'order.cancelled-money',
      description:
        'A cancelled order keeps no money: what was authorized is voided, what was captured refunded.',
      severity: 'warning',
      on: orders,
      that: `status <> 'cancelled' OR held_minor = 0 OR held_since >= ${ago(returnMoneyGraceMs)}`,
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

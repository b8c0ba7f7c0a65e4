import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

/** One row a credit note, with the sums of its lines and taxes. */
const notes = query({
  name: 'credit notes',
  key: ['id'],
  sql: `select n.id, n.number, n.order_id, n.net_minor, n.tax_minor, lines.net as lines_net_minor,
      lines.tax as lines_tax_minor, coalesce(lines.taxes, 0) as taxes_minor
    from credit_note n
    left join (select l.credit_note_id, sum(l.net_minor) as net, sum(l.tax_minor) as tax, sum(t.amount) as taxes
      from credit_note_line l
      left join (select credit_note_line_id, sum(amount_minor) as amount from credit_note_tax group by 1) t
        on t.credit_note_line_id = l.id
      group by 1) lines on lines.credit_note_id = n.id`,
});

/**
 * One row an order with credit notes: what was charged, credited, and taken by its payments and not returned. What was
 * done is what the transactions say.
 */
const credited = query({
  name: 'credited orders',
  key: ['id'],
  sql: `select o.id, o.number, o.status, o.total_minor, o.tax_minor, n.gross as credited_minor,
      n.tax as credited_tax_minor, n.issued_at, c.credited_minor as counted_minor,
      coalesce(money.kept, 0) as kept_minor, money.changed_at
    from (select order_id, sum(net_minor + tax_minor) as gross, sum(tax_minor) as tax, max(issued_at) as issued_at
      from credit_note group by order_id) n
    join sales_order o on o.id = n.order_id
    left join order_credit c on c.order_id = o.id
    left join (select order_id, sum(greatest(kept, 0)) as kept, max(changed_at) as changed_at
      from (select p.order_id, max(t.completed_at) as changed_at, sum(case t.kind
            when 'capture' then coalesce(t.settled_minor, t.amount_minor)
            when 'refund' then -coalesce(t.settled_minor, t.amount_minor)
            when 'refund_reversal' then coalesce(t.settled_minor, t.amount_minor)
            when 'dispute' then -coalesce(t.settled_minor, t.amount_minor)
            when 'dispute_reversal' then coalesce(t.settled_minor, t.amount_minor) end) as kept
        from payment p join payment_transaction t on t.payment_id = p.id and t.status = 'succeeded'
        group by p.order_id, p.id) as payment
      group by order_id) money on money.order_id = o.id`,
});

const notesFix =
  'A credit note is never rewritten: find what wrote past the triggers, and correct the row that is wrong as superuser.';

/** Invariant 13: credit notes. */
export function creditChecks(returnMoneyGraceMs: number): Check[] {
  return [
    rowCheck({
      id: 'credit-note.sums',
      description: 'The amounts of a credit note are the sums of its lines, and its tax that of its taxes.',
      on: notes,
      that: 'net_minor = lines_net_minor and tax_minor = lines_tax_minor and tax_minor = taxes_minor',
      nulls: 'fail',
      show: [
        'number',
        'order_id',
        'net_minor',
        'lines_net_minor',
        'tax_minor',
        'lines_tax_minor',
        'taxes_minor',
      ],
      fix: notesFix,
    }),
    rowCheck({
      id: 'credit-note.charged',
      description: 'All credit notes of an order together credit no more than was charged, nor more tax.',
      on: credited,
      that: 'credited_minor <= total_minor and credited_tax_minor <= tax_minor',
      show: ['number', 'total_minor', 'credited_minor', 'tax_minor', 'credited_tax_minor'],
      fix: notesFix,
    }),
    noRows({
      id: 'credit-note.taxes',
      description:
        'All credit notes of an order together credit at most what was charged of each tax, by its rate.',
      sql: `select n.order_id, t.code, t.rate_ppm, sum(t.amount_minor) as credited
        from credit_note n join credit_note_line l on l.credit_note_id = n.id
          join credit_note_tax t on t.credit_note_line_id = l.id
        group by n.order_id, t.code, t.rate_ppm
        having sum(t.amount_minor) > (select coalesce(sum(a.amount_minor), 0) from order_adjustment a
          where a.order_id = n.order_id and a.kind = 'tax' and a.code = t.code
            and a.rate_ppm is not distinct from t.rate_ppm)`,
      key: ['order_id', 'code', 'rate_ppm'],
      show: ['credited'],
      fix: notesFix,
    }),
    rowCheck({
      id: 'credit-note.counted',
      description: 'What is counted as credited of an order is the sum of its credit notes.',
      on: credited,
      that: 'counted_minor = credited_minor',
      nulls: 'fail',
      show: ['number', 'counted_minor', 'credited_minor'],
      fix: 'Set order_credit.credited_minor to the sum of the credit notes, as superuser.',
    }),
    noRows({
      id: 'credit-note.uncounted',
      description: 'No order without a credit note is counted as credited.',
      sql: `select order_id, credited_minor from order_credit c
        where not exists (select from credit_note n where n.order_id = c.order_id)`,
      key: ['order_id'],
      show: ['credited_minor'],
      fix: 'Find what deleted the credit note; then write it again, or delete the row of order_credit, as superuser.',
    }),
    noRows({
      id: 'credit-note.units',
      description:
        'Credit notes credit no more units of a line than were ordered, and only lines of their order.',
      sql: `select o.id, o.order_id, o.quantity, sum(l.quantity) as credited
        from credit_note n join credit_note_line l on l.credit_note_id = n.id
          join order_line o on o.id = l.order_line_id
        group by o.id having sum(l.quantity) > o.quantity or bool_or(o.order_id <> n.order_id)`,
      key: ['id'],
      show: ['order_id', 'quantity', 'credited'],
      fix: notesFix,
    }),
    noRows({
      id: 'credit-note.lines',
      description:
        'All credit notes of an order together credit of a line no more than it cost less its discounts, and of the shipping no more than its fees.',
      sql: `select n.order_id, coalesce(l.order_line_id::text, 'shipping') as part,
          sum(l.net_minor + case when o.tax_included then l.tax_minor else 0 end) as credited_minor,
          coalesce(line.total_minor - coalesce(discount.minor, 0), o.shipping_minor) as charged_minor
        from credit_note n join credit_note_line l on l.credit_note_id = n.id join sales_order o on o.id = n.order_id
          left join order_line line on line.id = l.order_line_id
          left join (select order_line_id, sum(amount_minor) as minor from order_adjustment
            where kind = 'discount' group by 1) discount on discount.order_line_id = l.order_line_id
        group by n.order_id, l.order_line_id, charged_minor
        having sum(l.net_minor + case when o.tax_included then l.tax_minor else 0 end)
          > coalesce(line.total_minor - coalesce(discount.minor, 0), o.shipping_minor)`,
      key: ['order_id', 'part'],
      show: ['credited_minor', 'charged_minor'],
      fix: notesFix,
    }),
    rowCheck({
      id: 'credit-note.money',
      description:
        'What was credited is returned: an order keeps no more than its total less its credit notes.',
      severity: 'warning',
      on: credited,
      that: `kept_minor <= total_minor - credited_minor or greatest(issued_at, changed_at) >= ${ago(returnMoneyGraceMs)}`,
      show: ['number', 'status', 'total_minor', 'credited_minor', 'kept_minor'],
      fix: 'Call returnMoney(em, provider, { orderId }) with the provider of each payment, until it resolves.',
    }),
  ];
}

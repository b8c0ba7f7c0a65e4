import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

/** One row a line of an order that a return names, with what its returns ask for and have received. */
const returned = query({
  name: 'returned lines',
  key: ['id'],
  sql: `select line.id, line.order_id, line.shipped_quantity, line.returned_quantity, asked.open, asked.received,
      asked.restocked, asked.is_of_order
    from (select l.order_line_id,
        coalesce(sum(l.quantity) filter (where r.status in ('requested', 'approved')), 0) as open,
        coalesce(sum(l.received_quantity), 0) as received, sum(l.restocked_quantity) as restocked,
        bool_and(r.order_id = o.order_id) as is_of_order
      from return_request r join return_request_line l on l.return_request_id = r.id
        join order_line o on o.id = l.order_line_id
      group by l.order_line_id) asked
    join order_line line on line.id = asked.order_line_id`,
});

/** Invariant 14: returns. */
export function returnChecks(): Check[] {
  return [
    rowCheck({
      id: 'return.units',
      description:
        'Returns ask for units of their order that were shipped and not returned; what they received counts as returned.',
      on: returned,
      that: 'is_of_order and open <= shipped_quantity - returned_quantity and received <= returned_quantity',
      nulls: 'fail',
      show: ['order_id', 'shipped_quantity', 'returned_quantity', 'open', 'received'],
      fix: 'Compare with what came back; then correct the return or the returned quantity of the line, as superuser.',
    }),
    noRows({
      id: 'return.status',
      description: 'A return has lines, and quantities that were received exactly once it was received.',
      sql: `select r.id, r.order_id, r.status from return_request r
          left join return_request_line l on l.return_request_id = r.id
        group by r.id
        having count(l.quantity) = 0 or (r.status in ('received', 'refunded')) <> (count(l.received_quantity) = count(*))
          or r.status not in ('received', 'refunded') and count(l.received_quantity) > 0`,
      key: ['id'],
      show: ['order_id', 'status'],
      fix: 'Compare with what came back; then correct the status or the quantities, as superuser.',
    }),
    noRows({
      id: 'return.credited',
      description: 'The credit note of a return is of its order.',
      sql: `select r.id, r.order_id, n.number from return_request r join credit_note n on n.id = r.credit_note_id
        where n.order_id <> r.order_id`,
      key: ['id'],
      show: ['order_id', 'number'],
      fix: 'Set the credit note that was issued for the return, as superuser.',
    }),
  ];
}

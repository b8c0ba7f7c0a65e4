import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

/** One row an edit, with the sums of what it has added; also what names an edit that is not there. */
const edits = query({
  name: 'order edits',
  key: ['order_id', 'number'],
  sql: `select key.order_id, key.number, e.subtotal_minor, e.tax_minor, coalesce(lines.subtotal, 0) as lines_minor,
      coalesce(taxes.tax, 0) as taxes_minor, coalesce(taxes.others, 0) as others,
      n.id is null and e.credit_note_id is null or coalesce(n.order_id = key.order_id, false) as is_own_note,
      coalesce(e.address_changed, false) as address_changed, coalesce(former.addresses, 0) as former_addresses
    from (select order_id, number from order_edit
      union select order_id, edit_number from order_line where edit_number is not null
      union select order_id, edit_number from order_adjustment where edit_number is not null
      union select order_id, replaced_by from order_address where replaced_by > 0) key
    left join order_edit e on e.order_id = key.order_id and e.number = key.number
    left join credit_note n on n.id = e.credit_note_id
    left join (select order_id, edit_number, sum(total_minor) as subtotal from order_line group by 1, 2) lines
      on lines.order_id = key.order_id and lines.edit_number = key.number
    left join (select order_id, edit_number, sum(amount_minor) filter (where kind = 'tax') as tax,
        count(*) filter (where kind <> 'tax') as others
      from order_adjustment group by 1, 2) taxes on taxes.order_id = key.order_id and taxes.edit_number = key.number
    left join (select order_id, replaced_by, count(*) as addresses from order_address where replaced_by > 0
      group by 1, 2) former on former.order_id = key.order_id and former.replaced_by = key.number`,
});

const fix =
  'An edit is never rewritten: find what wrote past the triggers, and correct the row that is wrong as superuser.';

/** Invariant 15: edits of orders. */
export function editChecks(): Check[] {
  return [
    rowCheck({
      id: 'order-edit.sums',
      description: 'The amounts of an edit are the sums of the lines that it has added, and of their taxes.',
      on: edits,
      that: 'subtotal_minor = lines_minor and tax_minor = taxes_minor and others = 0',
      nulls: 'fail',
      show: ['subtotal_minor', 'lines_minor', 'tax_minor', 'taxes_minor', 'others'],
      fix,
    }),
    rowCheck({
      id: 'order-edit.credit-note',
      description: 'The credit note of an edit is one of its order.',
      on: edits,
      that: 'is_own_note',
      nulls: 'fail',
      show: ['is_own_note'],
      fix,
    }),
    rowCheck({
      id: 'order-edit.address',
      description: 'An edit that has changed the address has kept the former one, and no other has.',
      on: edits,
      that: 'former_addresses = case when address_changed then 1 else 0 end',
      show: ['address_changed', 'former_addresses'],
      fix: 'Find what wrote past the triggers; where the former address is lost, insert one with its country alone.',
    }),
    noRows({
      id: 'order-edit.numbers',
      description: 'The edits of an order are numbered from 1, of orders that were confirmed.',
      sql: `select e.order_id, max(e.number) as last, count(*) as edits
        from order_edit e
        group by e.order_id having max(e.number) <> count(*) or not exists (
          select from order_status_history h where h.order_id = e.order_id and h.to_status = 'confirmed')`,
      key: ['order_id'],
      show: ['last', 'edits'],
      fix,
    }),
  ];
}

import { id, order } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** Invariant 15: edits of orders. */
export const editCorruptions: Corruption[] = [
  {
    what: 'an edit of more than its lines',
    sql: `update order_edit set subtotal_minor = 5`,
    findings: ['order-edit.sums'],
  },
  {
    what: 'an edit of more tax than its lines',
    sql: `update order_edit set tax_minor = 5`,
    findings: ['order-edit.sums'],
  },
  {
    what: 'a line of an edit that is not there',
    sql: `update order_line set edit_number = 2 where order_id = '${order.free}'`,
    findings: ['order-edit.sums'],
  },
  {
    what: 'a fee of an edit',
    sql: `update order_adjustment set edit_number = 1 where kind = 'shipping';
     insert into order_edit (order_id, number, subtotal_minor, tax_minor, address_changed)
     values ('${order.completed}', 1, 0, 0, false)`,
    findings: ['order-edit.sums'],
  },
  {
    what: 'the credit note of another order',
    sql: `update order_edit set credit_note_id = '${id(111)}'`,
    findings: ['order-edit.credit-note'],
  },
  {
    what: 'an edit that is lost',
    sql: `update order_edit set number = 2; update order_address set replaced_by = 2 where replaced_by = 1`,
    findings: ['order-edit.numbers'],
  },
  {
    what: 'an edit of an order that was never confirmed',
    sql: `update order_edit set order_id = '${order.pending}';
     update order_address set order_id = '${order.pending}' where replaced_by = 1`,
    findings: ['order-edit.numbers'],
  },
  {
    what: 'a former address that is lost',
    sql: `delete from order_address where replaced_by = 1`,
    findings: ['order-edit.address'],
  },
  {
    what: 'a former address of an edit that has changed none',
    sql: `update order_edit set address_changed = false`,
    findings: ['order-edit.address'],
  },
];

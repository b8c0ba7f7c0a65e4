import { id, line, order } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

const asked = `return_request_line where return_request_id = '${id(113)}'`;

/** Invariant 14: returns. */
export const returnCorruptions: Corruption[] = [
  {
    what: 'a return of more than was shipped',
    sql: `update return_request_line set quantity = 2 where return_request_id = '${id(113)}'`,
    findings: ['return.units'],
  },
  {
    what: 'goods that were received and are not returned',
    sql: `update return_request set status = 'received' where id = '${id(113)}';
     update return_request_line set received_quantity = 1 where return_request_id = '${id(113)}'`,
    findings: ['return.units'],
  },
  {
    what: 'a return of another order',
    sql: `update return_request set order_id = '${order.pending}' where id = '${id(113)}'`,
    findings: ['return.units'],
  },
  {
    what: 'a line of another order',
    sql: `update return_request_line set order_line_id = '${line.pending}' where return_request_id = '${id(113)}'`,
    findings: ['return.units'],
  },
  { what: 'a return without lines', sql: `delete from ${asked}`, findings: ['return.status'] },
  {
    what: 'a return that was received without quantities',
    sql: `update return_request set status = 'received' where id = '${id(113)}'`,
    findings: ['return.status'],
  },
  {
    what: 'a return that was cancelled after it was received',
    sql: `update return_request set status = 'cancelled', credit_note_id = null where id = '${id(114)}'`,
    findings: ['return.status'],
  },
  {
    what: 'the credit note of another order',
    sql: `update credit_note set order_id = '${order.confirmed}'; update order_credit set order_id = '${order.confirmed}';
     update credit_note_line set order_line_id = '${id(65)}'; delete from credit_note_tax;
     update credit_note_line set tax_minor = 0; update credit_note set tax_minor = 0;
     update order_credit set credited_minor = 900`,
    findings: ['return.credited'],
  },
];

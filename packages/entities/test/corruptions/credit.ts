import { line, order, payment } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

const earlier = `now() - interval '2 hours'`;
/** Another credit note, of a part of the shipping. */
const note = (netMinor: number, at = 'now()') =>
  `with note as (
       insert into credit_note (order_id, net_minor, tax_minor, issued_at)
       values ('${order.completed}', ${netMinor}, 0, ${at}) returning id)
     insert into credit_note_line (credit_note_id, net_minor, tax_minor) select id, ${netMinor}, 0 from note;
     update order_credit set credited_minor = credited_minor + ${netMinor}`;

/** Invariant 13: credit notes. */
export const creditCorruptions: Corruption[] = [
  {
    what: 'a credit note of another amount than its line',
    sql: `update credit_note set net_minor = 901; update order_credit set credited_minor = 951`,
    findings: ['credit-note.sums'],
  },
  {
    what: 'a credit note without its tax',
    sql: `delete from credit_note_tax`,
    findings: ['credit-note.sums'],
  },
  {
    what: 'a credit note without lines',
    sql: `delete from credit_note_tax; delete from credit_note_line`,
    findings: ['credit-note.sums'],
  },
  {
    what: 'notes of more than was charged',
    sql: note(3700),
    findings: ['credit-note.charged', 'credit-note.lines'],
  },
  { what: 'more shipping than its fees', sql: note(501), findings: ['credit-note.lines'] },
  {
    what: 'more of a line than it cost',
    sql: `update credit_note set net_minor = 2001; update credit_note_line set net_minor = 2001;
     update order_credit set credited_minor = 2051`,
    findings: ['credit-note.lines'],
  },
  {
    what: 'more tax than was charged',
    sql: `update credit_note set net_minor = 0, tax_minor = 301;
     update credit_note_line set net_minor = 0, tax_minor = 301; update credit_note_tax set amount_minor = 301;
     update order_credit set credited_minor = 301`,
    findings: ['credit-note.charged', 'credit-note.taxes'],
  },
  {
    what: 'a tax at a rate that was not charged',
    sql: `update credit_note_tax set rate_ppm = 70000`,
    findings: ['credit-note.taxes'],
  },
  {
    what: 'a count that was set back',
    sql: `update order_credit set credited_minor = 0`,
    findings: ['credit-note.counted'],
  },
  { what: 'a count that is lost', sql: `delete from order_credit`, findings: ['credit-note.counted'] },
  {
    what: 'a credit note that is lost',
    sql: `delete from credit_note_tax; delete from credit_note_line; delete from credit_note`,
    findings: ['credit-note.uncounted'],
  },
  {
    what: 'more units than were ordered',
    sql: `update credit_note_line set quantity = 3`,
    findings: ['credit-note.units'],
  },
  {
    what: 'a line of another order',
    sql: `update credit_note_line set order_line_id = '${line.pending}'`,
    findings: ['credit-note.units'],
  },
  {
    what: 'money that was credited and is kept',
    sql: `${note(100, earlier)};
     update credit_note set issued_at = ${earlier};
     update payment_transaction set completed_at = ${earlier} where payment_id = '${payment.completed}';
     update payment_transaction set completed_at = ${earlier} + interval '1 minute' where idempotency_key = 'c';
     update order_status_history set changed_at = ${earlier} where order_id = '${order.completed}'`,
    findings: ['credit-note.money'],
  },
  { what: 'money that was credited just now', sql: note(100), findings: [] },
];

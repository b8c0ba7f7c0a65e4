import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { actor, id, minorUnits, timestamp } from '../columns.ts';
import { lengthCheck } from '../length-check.ts';
import { appendOnlyTrigger, trigger } from '../triggers.ts';
import { OrderLine } from './order-line.ts';
import { SalesOrder } from './sales-order.ts';

const CreditNoteSchema = defineEntity({
  name: 'CreditNote',
  tableName: 'credit_note',
  comment: 'What the buyer no longer owes of an order, or gets back. Issued once, never changed.',
  properties: {
    id,
    /** What the buyer is told. No number is used twice; gaps are allowed. */
    number: p.bigint().autoincrement().unique('credit_note_number_unique'),
    order: () => p.manyToOne(SalesOrder).index('credit_note_order_id_index'),
    netMinor: minorUnits(),
    taxMinor: minorUnits(),
    reason: p.text().nullable().comment('No personal data.'),
    actor,
    issuedAt: timestamp().defaultRaw('now()'),
    issuedXid: p
      .text()
      .columnType('xid8')
      .defaultRaw('pg_current_xact_id()')
      .comment('The transaction that issued it: no other adds lines or taxes.'),
  },
  checks: [
    lengthCheck('credit_note', { reason: maxLength.note, actor: maxLength.line }),
    { name: 'credit_note_amounts_check', expression: 'net_minor >= 0 and tax_minor >= 0' },
  ],
  triggers: [
    appendOnlyTrigger('credit_note'),
    trigger('credit_note', 'charged', { timing: 'after', events: ['insert'], execute: 'count_credit_note' }),
    trigger('credit_note', 'sums', {
      timing: 'after',
      events: ['insert'],
      execute: 'check_credit_note_sums',
      deferred: true,
    }),
  ],
});

/** A credit note. Its gross amount is `netMinor + taxMinor`; all that were issued never exceed what was charged. */
export class CreditNote extends CreditNoteSchema.class {}
CreditNoteSchema.setClass(CreditNote);

const CreditNoteLineSchema = defineEntity({
  name: 'CreditNoteLine',
  tableName: 'credit_note_line',
  properties: {
    id,
    creditNote: () => p.manyToOne(CreditNote).index('credit_note_line_credit_note_id_index'),
    orderLine: () => p.manyToOne(OrderLine).nullable().deleteRule('no action').comment('Null: the shipping.'),
    quantity: p.integer().nullable().comment('Units of the line; null: the shipping.'),
    netMinor: minorUnits(),
    taxMinor: minorUnits(),
  },
  checks: [
    { name: 'credit_note_line_amounts_check', expression: 'net_minor >= 0 and tax_minor >= 0' },
    {
      name: 'credit_note_line_quantity_check',
      expression: 'quantity > 0 and num_nonnulls(quantity, order_line_id) in (0, 2)',
    },
  ],
  triggers: [
    appendOnlyTrigger('credit_note_line'),
    trigger('credit_note_line', 'issued', {
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      referencing: 'new table as added',
      execute: 'check_added_credit_note_lines',
    }),
    trigger('credit_note_line', 'charged', {
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      referencing: 'new table as added',
      execute: 'check_credited_amounts',
    }),
  ],
});

/** Units of a line that are credited, or a part of the shipping. */
export class CreditNoteLine extends CreditNoteLineSchema.class {}
CreditNoteLineSchema.setClass(CreditNoteLine);

const CreditNoteTaxSchema = defineEntity({
  name: 'CreditNoteTax',
  tableName: 'credit_note_tax',
  properties: {
    id,
    creditNoteLine: () => p.manyToOne(CreditNoteLine),
    /** That of the tax of the order. */
    code: p.text(),
    ratePpm: p
      .integer()
      .nullable()
      .comment('That of the tax of the order, which may have several of one code.'),
    amountMinor: minorUnits(),
  },
  indexes: [
    {
      name: 'credit_note_tax_unique',
      expression:
        'create unique index credit_note_tax_unique on credit_note_tax (credit_note_line_id, code, rate_ppm) nulls not distinct',
    },
  ],
  checks: [
    lengthCheck('credit_note_tax', { code: maxLength.line }),
    { name: 'credit_note_tax_amount_minor_check', expression: 'amount_minor > 0' },
  ],
  triggers: [
    appendOnlyTrigger('credit_note_tax'),
    trigger('credit_note_tax', 'issued', {
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      referencing: 'new table as added',
      execute: 'check_added_credit_note_taxes',
    }),
  ],
});

/** The part of a tax in a line of a credit note. */
export class CreditNoteTax extends CreditNoteTaxSchema.class {}
CreditNoteTaxSchema.setClass(CreditNoteTax);

const OrderCreditSchema = defineEntity({
  name: 'OrderCredit',
  tableName: 'order_credit',
  comment: 'What was credited of an order. A trigger keeps it: notes of one order wait for each other here.',
  properties: {
    order: () => p.oneToOne(SalesOrder).primary().updateRule('no action').deleteRule('no action'),
    creditedMinor: minorUnits(),
  },
  checks: [{ name: 'order_credit_credited_minor_check', expression: 'credited_minor >= 0' }],
});

/** The sum of an order's credit notes. */
export class OrderCredit extends OrderCreditSchema.class {}
OrderCreditSchema.setClass(OrderCredit);

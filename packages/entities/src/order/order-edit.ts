import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { actor, minorUnits, timestamp } from '../columns.ts';
import { lengthCheck } from '../length-check.ts';
import { appendOnlyTrigger, trigger } from '../triggers.ts';
import { CreditNote } from './credit-note.ts';
import { SalesOrder } from './sales-order.ts';

const OrderEditSchema = defineEntity({
  name: 'OrderEdit',
  tableName: 'order_edit',
  comment: 'A change of a confirmed order before anything was shipped. Made once, never changed.',
  properties: {
    order: () => p.manyToOne(SalesOrder).primary().updateRule('no action').deleteRule('no action'),
    number: p.integer().primary().comment('Of the edits of its order: the first one is 1.'),
    subtotalMinor: minorUnits().comment('The sum of the lines that it has added.'),
    taxMinor: minorUnits().comment('The taxes of these lines.'),
    creditNote: () =>
      p
        .oneToOne(CreditNote)
        .nullable()
        .deleteRule('no action')
        .unique('order_edit_credit_note_id_unique')
        .comment('Of the units that it has taken off; null: none.'),
    addressChanged: p.boolean(),
    reason: p.text().nullable().comment('No personal data.'),
    actor,
    editedAt: timestamp().defaultRaw('now()'),
    editedXid: p
      .text()
      .columnType('xid8')
      .defaultRaw('pg_current_xact_id()')
      .comment('The transaction that made it: no other adds its lines or taxes.'),
  },
  checks: [
    lengthCheck('order_edit', { reason: maxLength.note, actor: maxLength.line }),
    { name: 'order_edit_number_check', expression: 'number > 0' },
    { name: 'order_edit_amounts_check', expression: 'subtotal_minor >= 0 and tax_minor >= 0' },
  ],
  triggers: [
    appendOnlyTrigger('order_edit'),
    trigger('order_edit', 'open', { timing: 'after', events: ['insert'], execute: 'count_order_edit' }),
    trigger('order_edit', 'sums', {
      timing: 'after',
      events: ['insert'],
      execute: 'check_order_edit_sums',
      deferred: true,
    }),
  ],
});

/** A change of an order: lines that were added, units that were taken off, another address. */
export class OrderEdit extends OrderEditSchema.class {}
OrderEditSchema.setClass(OrderEdit);

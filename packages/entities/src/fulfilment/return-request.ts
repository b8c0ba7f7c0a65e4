import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { actor, createdAt, id, updatedAt } from '../columns.ts';
import { lengthCheck } from '../length-check.ts';
import { CreditNote } from '../order/credit-note.ts';
import { OrderLine } from '../order/order-line.ts';
import { SalesOrder } from '../order/sales-order.ts';
import { statusMachine } from '../status-machine.ts';
import { appendOnlyTrigger, statusTransitionTrigger, trigger, updatedAtTrigger } from '../triggers.ts';

/** The life of a return that was asked for. */
export const returnMachine = statusMachine(
  'return_request',
  ['requested', 'approved', 'declined', 'cancelled', 'received', 'refunded'],
  [
    { from: 'new', to: 'requested', by: ['requestReturn'] },
    { from: 'requested', to: 'approved', by: ['approveReturn'] },
    { from: 'requested', to: 'declined', by: ['declineReturn'] },
    { from: 'requested', to: 'cancelled', by: ['cancelReturn'] },
    // What was to come back never did.
    { from: 'approved', to: 'cancelled', by: ['cancelReturn'] },
    { from: 'approved', to: 'received', by: ['receiveReturn'] },
    { from: 'received', to: 'refunded', by: ['refundReturn'] },
  ],
);

const ReturnRequestSchema = defineEntity({
  name: 'ReturnRequest',
  tableName: 'return_request',
  properties: {
    id,
    order: () => p.manyToOne(SalesOrder).index('return_request_order_id_index'),
    status: p.enum(returnMachine.statuses).columnType('text').default('requested'),
    reason: p.text().nullable().comment('Why the goods come back. No personal data.'),
    creditNote: () =>
      p
        .oneToOne(CreditNote)
        .nullable()
        .deleteRule('no action')
        .unique('return_request_credit_note_id_unique'),
    actor,
    createdAt,
    updatedAt,
  },
  checks: [
    lengthCheck('return_request', { reason: maxLength.note, actor: maxLength.line }),
    { name: 'return_request_credit_note_check', expression: `credit_note_id is null or status = 'refunded'` },
  ],
  triggers: [
    statusTransitionTrigger(returnMachine),
    updatedAtTrigger('return_request'),
    trigger('return_request', 'credited', {
      timing: 'after',
      events: ['update'],
      columns: ['credit_note_id'],
      when: 'new.credit_note_id is distinct from old.credit_note_id',
      execute: 'check_return_credit',
    }),
  ],
});

/** A return: what a buyer wants to send back, and what has become of it. */
export class ReturnRequest extends ReturnRequestSchema.class {}
ReturnRequestSchema.setClass(ReturnRequest);

const ReturnRequestLineSchema = defineEntity({
  name: 'ReturnRequestLine',
  tableName: 'return_request_line',
  properties: {
    returnRequest: () => p.manyToOne(ReturnRequest).primary().updateRule('no action').deleteRule('no action'),
    orderLine: () => p.manyToOne(OrderLine).primary().updateRule('no action').deleteRule('no action'),
    /** Units that were asked for. */
    quantity: p.integer(),
    receivedQuantity: p.integer().nullable().comment('Units that came back; null: not received yet.'),
    restockedQuantity: p.integer().default(0).comment('Of those, units that went into the stock.'),
  },
  checks: [
    { name: 'return_request_line_quantity_check', expression: 'quantity > 0' },
    {
      name: 'return_request_line_received_check',
      expression: 'restocked_quantity >= 0 and restocked_quantity <= coalesce(received_quantity, 0)',
    },
  ],
  triggers: [
    trigger('return_request_line', 'shipped', {
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      referencing: 'new table as added',
      execute: 'check_added_return_lines',
    }),
    trigger('return_request_line', 'received', {
      timing: 'after',
      events: ['update'],
      forEach: 'statement',
      referencing: 'old table as before new table as after',
      execute: 'check_received_units',
    }),
    // All but what was received.
    appendOnlyTrigger('return_request_line', { columns: ['return_request_id', 'order_line_id', 'quantity'] }),
  ],
});

/** Units of a line in a return. */
export class ReturnRequestLine extends ReturnRequestLineSchema.class {}
ReturnRequestLineSchema.setClass(ReturnRequestLine);

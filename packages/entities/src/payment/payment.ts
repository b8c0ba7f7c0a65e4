import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { Currency } from '../catalog/currency.ts';
import { actor, createdAt, id, minorUnits, timestamp, updatedAt } from '../columns.ts';
import { Shipment } from '../fulfilment/shipment.ts';
import { SalesOrder } from '../order/sales-order.ts';
import { statusMachine } from '../status-machine.ts';
import {
  paymentSumsTrigger,
  statusIndexTrigger,
  statusTransitionTrigger,
  trigger,
  updatedAtTrigger,
} from '../triggers.ts';

/** The life of a payment. */
export const paymentMachine = statusMachine(
  'payment',
  ['pending', 'authorized', 'captured', 'refunded', 'voided', 'failed'],
  [
    { from: 'new', to: 'pending', by: ['authorizePayment'] },
    { from: 'pending', to: 'authorized', by: ['authorizePayment'] },
    { from: 'pending', to: 'captured', by: [] },
    { from: 'pending', to: 'failed', by: ['authorizePayment'] },
    { from: 'pending', to: 'voided', by: [] },
    { from: 'authorized', to: 'captured', by: ['capturePayment'] },
    { from: 'authorized', to: 'voided', by: ['voidPayment', 'returnMoney', 'refundOrder', 'refundReturn'] },
    { from: 'captured', to: 'refunded', by: ['refundPayment', 'returnMoney', 'refundOrder', 'refundReturn'] },
    // What a provider did after all.
    { from: 'failed', to: 'authorized', by: ['handleWebhook'] },
    { from: 'refunded', to: 'captured', by: ['handleWebhook'] },
  ],
);

const PaymentSchema = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id,
    order: () => p.manyToOne(SalesOrder).createForeignKeyConstraint(false),
    currency: () => p.manyToOne(Currency).createForeignKeyConstraint(false),
    /** The foreign key that keeps `currency` the order's: nothing to read or to set. */
    orderCurrency: () =>
      p
        .manyToOne(SalesOrder)
        .joinColumns('order_id', 'currency_code')
        .referencedColumnNames('id', 'currency_code')
        .columnTypes('uuid', 'text')
        .ownColumns()
        .nullable()
        .deleteRule('no action')
        .lazy()
        .hydrate(false)
        .hidden()
        .foreignKeyName('payment_order_id_currency_code_foreign')
        .index('payment_order_id_currency_code_index'),
    provider: p.text(),
    providerReference: p.text().nullable(),
    status: p.enum(paymentMachine.statuses).columnType('text').default('pending'),
    amountMinor: minorUnits(),
    authorizedMinor: minorUnits().defaultRaw('0'),
    capturedMinor: minorUnits().defaultRaw('0'),
    refundedMinor: minorUnits().defaultRaw('0'),
    disputedMinor: minorUnits().defaultRaw('0').comment('What disputes hold back: chargebacks.'),
    captureBefore: timestamp()
      .nullable()
      .comment(
        'When what is authorized and not captured ends: by the provider, or by a final capture. Null: not known.',
      ),
    createdAt,
    updatedAt,
  },
  uniques: [{ name: 'payment_provider_reference_unique', properties: ['provider', 'providerReference'] }],
  indexes: [
    {
      name: 'payment_capture_before_index',
      properties: ['captureBefore'],
      where: 'capture_before is not null',
    },
  ],
  checks: [
    lengthCheck('payment', { provider: maxLength.provider, provider_reference: maxLength.reference }),
    {
      name: 'payment_amounts_check',
      expression:
        'amount_minor > 0 and refunded_minor >= 0 and refunded_minor <= captured_minor and captured_minor <= authorized_minor and authorized_minor <= amount_minor',
    },
    { name: 'payment_disputed_minor_check', expression: 'disputed_minor >= 0' },
    {
      name: 'payment_status_amounts_check',
      expression: `case status when 'authorized' then authorized_minor > 0 and captured_minor = 0 when 'captured' then captured_minor > 0 when 'refunded' then captured_minor > 0 and refunded_minor = captured_minor else captured_minor = 0 end`,
    },
  ],
  triggers: [
    statusTransitionTrigger(paymentMachine),
    updatedAtTrigger('payment'),
    paymentSumsTrigger('payment', {
      events: ['insert', 'update'],
      columns: ['authorized_minor', 'captured_minor', 'refunded_minor', 'disputed_minor'],
    }),
  ],
});

/** What is to be paid for an order through one provider, and what has been. */
export class Payment extends PaymentSchema.class {}
PaymentSchema.setClass(Payment);

const paymentOperations = [
  'authorizePayment',
  'capturePayment',
  'refundPayment',
  'voidPayment',
  'reauthorizePayment',
];

/** The life of a request to a provider. */
export const transactionMachine = statusMachine(
  'payment_transaction',
  ['pending', 'succeeded', 'failed'],
  [
    { from: 'new', to: 'pending', by: paymentOperations },
    { from: 'pending', to: 'succeeded', by: paymentOperations },
    { from: 'pending', to: 'failed', by: paymentOperations },
  ],
);

const PaymentTransactionSchema = defineEntity({
  name: 'PaymentTransaction',
  tableName: 'payment_transaction',
  properties: {
    id,
    payment: () => p.manyToOne(Payment).index('payment_transaction_payment_id_index'),
    kind: p
      .enum([
        'authorize',
        'capture',
        'refund',
        'void',
        'reauthorize',
        'dispute',
        'dispute_reversal',
        'refund_reversal',
      ])
      .columnType('text'),
    status: p.enum(transactionMachine.statuses).columnType('text').default('pending'),
    amountMinor: minorUnits(),
    /** Sent to the provider too. */
    idempotencyKey: p.text().unique('payment_transaction_idempotency_key_unique'),
    providerReference: p.text().nullable(),
    failureReason: p.text().nullable(),
    createdAt,
    completedAt: timestamp().nullable(),
    checkedAt: timestamp().nullable().comment('When the sweep last asked the provider about it.'),
    actionRequiredAt: timestamp().nullable().comment('When an authorization began to wait for the buyer.'),
    settledMinor: minorUnits().nullable().comment('What was done, where that is less than was asked.'),
    isFinal: p.boolean().default(false).comment('A capture that frees what it leaves of the authorization.'),
    shipment: () =>
      p
        .manyToOne(Shipment)
        .nullable()
        .deleteRule('no action')
        .comment('The shipment whose goods a capture takes the money of.'),
    isExternal: p.boolean().default(false).comment('Done at the provider without a request from here.'),
    actor,
    reason: p.text().nullable().comment('Why money was returned or given up. No personal data.'),
  },
  indexes: [
    {
      name: 'payment_transaction_shipment_id_index',
      properties: ['shipment'],
      where: 'shipment_id is not null',
    },
  ],
  checks: [
    lengthCheck('payment_transaction', {
      idempotency_key: maxLength.bookedKey,
      provider_reference: maxLength.bookedReference,
      failure_reason: maxLength.note,
      actor: maxLength.line,
      reason: maxLength.note,
    }),
    { name: 'payment_transaction_amount_minor_check', expression: 'amount_minor > 0' },
    {
      name: 'payment_transaction_completed_check',
      expression: `(status = 'pending') = (completed_at is null)`,
    },
    {
      name: 'payment_transaction_external_check',
      expression: `is_external or kind in ('authorize', 'capture', 'refund', 'void', 'reauthorize')`,
    },
    {
      name: 'payment_transaction_settled_minor_check',
      expression: `settled_minor is null or status = 'succeeded' and settled_minor > 0 and settled_minor < amount_minor`,
    },
    {
      name: 'payment_transaction_capture_check',
      expression: `kind = 'capture' or not is_final and shipment_id is null`,
    },
    {
      name: 'payment_transaction_action_check',
      expression: `action_required_at is null or kind = 'authorize'`,
    },
  ],
  triggers: [
    statusIndexTrigger(transactionMachine, { at: 'created_at', statuses: ['pending'] }),
    statusTransitionTrigger(transactionMachine),
    paymentSumsTrigger('payment_transaction', {
      events: ['update', 'delete'],
      columns: ['payment_id', 'kind', 'status', 'amount_minor', 'settled_minor'],
    }),
    trigger('payment_transaction', 'lowers_cover', {
      timing: 'after',
      events: ['insert', 'update'],
      columns: ['status'],
      when: `new.kind in ('refund', 'void')`,
      execute: 'update_payment_of_transaction',
    }),
    trigger('payment_transaction', 'due', {
      timing: 'after',
      events: ['insert'],
      when: `new.kind = 'capture' and not new.is_external and new.idempotency_key <> 'immediate:' || new.payment_id::text`,
      execute: 'check_requested_captures',
    }),
  ],
});

/** One request to the payment provider: written before it is sent, completed by the answer. Or what it did by itself. */
export class PaymentTransaction extends PaymentTransactionSchema.class {}
PaymentTransactionSchema.setClass(PaymentTransaction);

import type { EntityManager } from '@mikro-orm/postgresql';
import { int8, nullable, text, textOf, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { NextAction } from './payment-provider.ts';

/** A payment after an operation. Amounts are minor units of the order's currency. */
export interface PaymentState {
  paymentId: string;
  orderId: string;
  /** `confirmed` once payments cover it; `cancelled`: void or refund the payment. */
  orderStatus: string;
  status: string;
  amountMinor: bigint;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  /** Until when what is authorized and not captured can be captured. Null: not known. */
  captureBefore: Date | null;
  /** Of the operation: `pending` where the provider gives its outcome later. */
  transactionStatus: 'pending' | 'succeeded';
  /** What the buyer does first, while the order needs the payment; the same key asks the provider for it again. Never log it. */
  nextAction?: NextAction;
}

const selectPaymentState = statement({
  params: { idempotencyKey: text },
  row: {
    paymentId: uuid,
    orderId: uuid,
    orderStatus: text,
    status: text,
    amountMinor: int8,
    authorizedMinor: int8,
    capturedMinor: int8,
    refundedMinor: int8,
    captureBefore: nullable(timestamptz),
    transactionStatus: textOf<PaymentState['transactionStatus']>(),
  },
  sql: `select p.id as "paymentId", p.order_id as "orderId", o.status as "orderStatus", p.status,
      p.amount_minor as "amountMinor", p.authorized_minor as "authorizedMinor",
      p.captured_minor as "capturedMinor", p.refunded_minor as "refundedMinor",
      p.capture_before as "captureBefore", t.status as "transactionStatus"
    from payment_transaction t join payment p on p.id = t.payment_id join sales_order o on o.id = p.order_id
    where t.idempotency_key = :idempotencyKey`,
});

/** The state of the payment of a transaction. */
export async function readPaymentState(em: EntityManager, idempotencyKey: string): Promise<PaymentState> {
  const [state] = await selectPaymentState(em, { idempotencyKey });
  if (state === undefined) throw new Error(`payment_transaction '${idempotencyKey}' has gone`);
  return state;
}

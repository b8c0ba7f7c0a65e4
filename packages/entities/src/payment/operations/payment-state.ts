import type { EntityManager } from '@mikro-orm/postgresql';

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
  /** Of the operation: `pending` where the provider will tell its outcome later. */
  transactionStatus: 'pending' | 'succeeded';
}

/** The state of the payment of a transaction. */
export async function readPaymentState(em: EntityManager, idempotencyKey: string): Promise<PaymentState> {
  const [row] = await em.execute<
    (Pick<PaymentState, 'paymentId' | 'orderId' | 'orderStatus' | 'status' | 'transactionStatus'> & {
      amount: string;
      authorized: string;
      captured: string;
      refunded: string;
    })[]
  >(
    `select p.id as "paymentId", p.order_id as "orderId", o.status as "orderStatus", p.status,
       p.amount_minor as amount, p.authorized_minor as authorized, p.captured_minor as captured,
       p.refunded_minor as refunded, t.status as "transactionStatus"
     from payment_transaction t join payment p on p.id = t.payment_id join sales_order o on o.id = p.order_id
     where t.idempotency_key = ?`,
    [idempotencyKey],
  );
  if (row === undefined) throw new Error(`payment_transaction '${idempotencyKey}' has gone`);
  const { amount, authorized, captured, refunded, ...rest } = row;
  return {
    ...rest,
    amountMinor: BigInt(amount),
    authorizedMinor: BigInt(authorized),
    capturedMinor: BigInt(captured),
    refundedMinor: BigInt(refunded),
  };
}

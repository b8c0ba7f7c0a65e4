import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';

/** A payment whose row, and that of its order, this transaction has locked. Amounts are minor units. */
export interface LockedPayment {
  order: LockedOrder;
  provider: string;
  /** The provider's. Null: not authorized. */
  reference: string | null;
  status: string;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  /** What is under way. */
  capturingMinor: bigint;
  refundingMinor: bigint;
  isVoiding: boolean;
}

/**
 * Locks the order of a payment, then the payment.
 *
 * @throws UserError `payment-not-found`
 */
export async function lockPayment(em: EntityManager, paymentId: string): Promise<LockedPayment> {
  const [known] = await em.execute<{ orderId: string }[]>(
    'select order_id as "orderId" from payment where id = ?',
    [paymentId],
  );
  if (known === undefined) throw new UserError('payment-not-found', `There is no payment ${paymentId}.`);
  const order = await lockOrder(em, known.orderId);
  await em.execute('select from payment where id = ? for no key update', [paymentId]);
  const [row] = await em.execute<Record<string, string>[]>(
    `select p.provider, p.provider_reference as reference, p.status, p.authorized_minor as authorized,
       p.captured_minor as captured, p.refunded_minor as refunded,
       coalesce(sum(t.amount_minor) filter (where t.kind = 'capture'), 0) as capturing,
       coalesce(sum(t.amount_minor) filter (where t.kind = 'refund'), 0) as refunding,
       count(*) filter (where t.kind = 'void') as voiding
     from payment p left join payment_transaction t on t.payment_id = p.id and t.status = 'pending'
     where p.id = ? group by p.id`,
    [paymentId],
  );
  return {
    order,
    provider: row?.['provider'] ?? '',
    reference: row?.['reference'] ?? null,
    status: row?.['status'] ?? '',
    authorizedMinor: BigInt(row?.['authorized'] ?? 0),
    capturedMinor: BigInt(row?.['captured'] ?? 0),
    refundedMinor: BigInt(row?.['refunded'] ?? 0),
    capturingMinor: BigInt(row?.['capturing'] ?? 0),
    refundingMinor: BigInt(row?.['refunding'] ?? 0),
    isVoiding: row?.['voiding'] !== '0',
  };
}

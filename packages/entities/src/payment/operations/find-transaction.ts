import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The transaction that a key has made already. */
export interface EarlierTransaction {
  status: 'pending' | 'succeeded' | 'failed';
  amountMinor: bigint;
  reason: string | null;
}

/** What a key stands for. */
export interface TransactionIdentity {
  idempotencyKey: string;
  kind: 'authorize' | 'capture' | 'refund' | 'void';
  orderId: string;
  /** Undefined: the payment that the key authorized. */
  paymentId?: string;
  /** Undefined: all there was. */
  amountMinor?: bigint | undefined;
  provider: string;
}

/**
 * The transaction of a key, once the order is locked.
 *
 * @throws UserError `idempotency-conflict` when it is another request
 */
export async function findTransaction(
  em: EntityManager,
  asked: TransactionIdentity,
): Promise<EarlierTransaction | undefined> {
  const [found] = await em.execute<
    (Pick<EarlierTransaction, 'status' | 'reason'> & { amount: string; same: boolean })[]
  >(
    `select t.status, t.failure_reason as reason, t.amount_minor as amount, t.kind = ? and p.order_id = ? and p.provider = ?
       and t.payment_id = coalesce(?::uuid, t.payment_id)
       and t.amount_minor = coalesce(?::bigint, t.amount_minor) as same
     from payment_transaction t join payment p on p.id = t.payment_id where t.idempotency_key = ?`,
    [
      asked.kind,
      asked.orderId,
      asked.provider,
      asked.paymentId ?? null,
      asked.amountMinor ?? null,
      asked.idempotencyKey,
    ],
  );
  if (found === undefined) return undefined;
  if (!found.same) throw conflict(asked.idempotencyKey);
  return { status: found.status, reason: found.reason, amountMinor: BigInt(found.amount) };
}

/**
 * Writes a pending transaction.
 *
 * @throws UserError `idempotency-conflict` when a request about another order took the key in the meantime
 */
export async function insertTransaction(
  em: EntityManager,
  row: { paymentId: string; kind: TransactionIdentity['kind']; amountMinor: bigint; idempotencyKey: string },
): Promise<void> {
  const inserted = await em.execute<unknown[]>(
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key) values (?, ?, ?, ?)
     on conflict (idempotency_key) do nothing returning id`,
    [row.paymentId, row.kind, row.amountMinor, row.idempotencyKey],
  );
  if (inserted.length === 0) throw conflict(row.idempotencyKey);
}

function conflict(idempotencyKey: string): UserError {
  return new UserError('idempotency-conflict', `The key '${idempotencyKey}' was used for another request.`, {
    hint: 'Use a new key for a new request, and the same one only to repeat a request.',
  });
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { ago } from '../../runtime/ago.ts';
import { idempotencyConflict } from '../../runtime/once.ts';
import { bool, int8, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { repeatAgeMs } from './repeat-age.ts';

/** What a provider is asked to do. */
export type TransactionKind = 'authorize' | 'capture' | 'refund' | 'void' | 'reauthorize';
export type TransactionStatus = 'pending' | 'succeeded' | 'failed';

const transactionRow = {
  status: textOf<TransactionStatus>(),
  reason: nullable(text),
  amountMinor: int8,
  isFinal: bool,
  /** Of `repeatAgeMs`. */
  isOld: bool,
};

/** The transaction that a key has made already. */
export type EarlierTransaction = RowOf<typeof transactionRow>;

const compareTransaction = statement({
  params: {
    idempotencyKey: text,
    kind: textOf<TransactionKind>(),
    orderId: uuid,
    /** Undefined: the payment that the key authorized. */
    paymentId: nullable(uuid),
    /** Undefined: all that there was. */
    amountMinor: nullable(int8),
    provider: text,
    shipmentId: nullable(uuid),
  },
  row: { ...transactionRow, same: bool },
  sql: `select t.status, t.failure_reason as reason, t.amount_minor as "amountMinor", t.is_final as "isFinal",
      t.created_at <= ${ago(repeatAgeMs)} as "isOld",
      t.kind = :kind and p.order_id = :orderId and p.provider = :provider
        and t.shipment_id is not distinct from :shipmentId
        and t.payment_id = coalesce(:paymentId, t.payment_id)
        and t.amount_minor = coalesce(:amountMinor, t.amount_minor) as same
    from payment_transaction t join payment p on p.id = t.payment_id where t.idempotency_key = :idempotencyKey`,
});

const insertPending = statement({
  params: {
    paymentId: uuid,
    kind: textOf<TransactionKind>(),
    amountMinor: int8,
    idempotencyKey: text,
    reason: nullable(text),
    isFinal: nullable(bool),
    shipmentId: nullable(uuid),
  },
  row: { id: uuid },
  sql: `insert into payment_transaction
      (payment_id, kind, amount_minor, idempotency_key, reason, is_final, shipment_id)
    values (:paymentId, :kind, :amountMinor, :idempotencyKey, :reason, coalesce(:isFinal, false), :shipmentId)
    on conflict (idempotency_key) do nothing returning id`,
});

/**
 * The transaction of a key, once the order is locked.
 *
 * @throws UserError `idempotency-conflict`: the key is of another request
 */
export async function findTransaction(
  em: EntityManager,
  asked: Parameters<typeof compareTransaction>[1],
): Promise<EarlierTransaction | undefined> {
  const [found] = await compareTransaction(em, asked);
  if (found === undefined) return undefined;
  const { same, ...transaction } = found;
  if (!same) throw idempotencyConflict(asked.idempotencyKey);
  return transaction;
}

/**
 * Writes a pending transaction.
 *
 * @returns its id
 * @throws UserError `idempotency-conflict`: a request about another order took the key in the meantime
 */
export async function insertTransaction(
  em: EntityManager,
  row: Parameters<typeof insertPending>[1],
): Promise<string> {
  const [inserted] = await insertPending(em, row);
  if (inserted === undefined) throw idempotencyConflict(row.idempotencyKey);
  return inserted.id;
}

import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, float8, int8, nullable, text, textOf } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { maxLength, milliseconds, rows, storable } from '../../bounds.ts';
import { isUnneeded } from '../../order/operations/payment-cover.ts';
import { parseInput } from '../../parse-input.ts';
import { isExcess } from './excess-key.ts';
import type { TransactionKind } from './find-transaction.ts';
import type { PaymentProvider, ProviderAnswer } from './payment-provider.ts';
import { parseAnswer } from './provider-answer.ts';
import { type ExpiringAuthorization, renewAuthorizations } from './renew-authorizations.ts';
import { repeatAgeMs } from './repeat-age.ts';
import { settleTransaction } from './settle-transaction.ts';
import { namedProvider, neverGot } from './submit-transaction.ts';

const sweepOptions = z.strictObject({
  minAgeMs: milliseconds.default(60_000),
  abandonAgeMs: milliseconds.default(repeatAgeMs),
  authorizationMaxAgeMs: milliseconds.default(1_800_000),
  expiringWithinMs: milliseconds.default(86_400_000),
  limit: rows.default(100),
});

/**
 * Options of {@link sweepPendingTransactions}.
 *
 * - `minAgeMs`: only transactions that are older are looked at; default 1 minute, at least the timeout of the
 *   provider's client.
 * - `abandonAgeMs`: what the provider never got fails when it is older; default 1 hour. No request may be on its way
 *   for so long.
 * - `authorizationMaxAgeMs`: an authorization without an outcome, such as one whose buyer has left 3-D Secure, is
 *   cancelled at the provider when it is older; default 30 minutes, as long as a checkout holds the stock. It fails
 *   then, too, where the adapter answers with what cannot be recorded, so that it holds no stock.
 * - `expiringWithinMs`: authorizations that end within this time, of orders that are still to be shipped, are renewed where
 *   the provider can (feature `reauthorize`), and told otherwise; default 1 day.
 * - `limit`: the most that are looked at, of either; default 100.
 */
export type SweepOptions = z.input<typeof sweepOptions>;

/** The outcomes of the transactions that were looked at. */
export interface SweepReport {
  succeeded: number;
  failed: number;
  /** The provider has no outcome yet, or did not get them and they are too young to be abandoned. */
  pending: number;
  /** Keys for which the provider gave no answer, or one that could not be recorded, with the errors. */
  errors: { idempotencyKey: string; error: unknown }[];
  /**
   * Authorizations that end soon, or have ended within a day, and were not renewed: capture them, renew them with
   * {@link reauthorizePayment}, or take another payment. Once ended, they cover their orders no longer.
   */
  expiring: ExpiringAuthorization[];
}

const claimedRow = {
  idempotencyKey: text,
  kind: textOf<TransactionKind>(),
  amountMinor: int8,
  currencyCode: text,
  paymentReference: nullable(text),
  isAbandoned: bool,
  /** An authorization that is not waited for any longer: it is too old, or its order needs none. */
  isExpired: bool,
};

const claimPending = statement({
  params: {
    provider: text,
    minAgeMs: float8,
    abandonAgeMs: float8,
    authorizationMaxAgeMs: float8,
    limit: int8,
  },
  row: claimedRow,
  sql: `update payment_transaction claimed set checked_at = now()
    from payment p join sales_order o on o.id = p.order_id
    where p.id = claimed.payment_id and claimed.id in (
      select t.id from status_index s join payment_transaction t on t.id = s.id
      join payment p on p.id = t.payment_id
      where s.machine = 'payment_transaction' and s.status = 'pending' and t.status = 'pending'
        and not t.is_external and p.provider = :provider
        and greatest(t.created_at, t.checked_at) <= now() - make_interval(secs => :minAgeMs::float8 / 1000)
      order by s.at limit :limit for no key update of t skip locked)
    returning claimed.idempotency_key as "idempotencyKey", claimed.kind, claimed.amount_minor as "amountMinor",
      p.currency_code as "currencyCode", p.provider_reference as "paymentReference",
      claimed.created_at <= now() - make_interval(secs => :abandonAgeMs::float8 / 1000) as "isAbandoned",
      claimed.kind = 'authorize' and (${isUnneeded}
        or claimed.created_at <= now() - make_interval(secs => :authorizationMaxAgeMs::float8 / 1000)) as "isExpired"`,
});

/**
 * Asks the provider for the outcome of transactions that have none, such as after a crash between its answer and our
 * commit. Ends authorizations that nobody waits for any longer, so that the holds of their orders can expire, and
 * sends voids, and refunds of credit notes, that the provider never got. Renews authorizations that end soon.
 * Concurrent sweepers share the work: a transaction is looked at once in `minAgeMs` at most.
 *
 * @throws UserError `invalid-input`
 */
export async function sweepPendingTransactions(
  em: EntityManager,
  provider: PaymentProvider,
  options: SweepOptions = {},
): Promise<SweepReport> {
  const { minAgeMs, abandonAgeMs, authorizationMaxAgeMs, expiringWithinMs, limit } = parseInput(
    sweepOptions,
    options,
  );
  parseInput(namedProvider, { provider: provider.name });
  // A claim that is committed: the provider is asked outside of any transaction.
  const claimed = await claimPending(em, {
    provider: provider.name,
    minAgeMs,
    abandonAgeMs,
    authorizationMaxAgeMs,
    limit,
  });
  const report: SweepReport = { succeeded: 0, failed: 0, pending: 0, errors: [], expiring: [] };
  for (const transaction of claimed) {
    const { idempotencyKey } = transaction;
    const settle = async (answer: ProviderAnswer) => {
      await em.transactional((em) =>
        settleTransaction(em, { provider: provider.name, idempotencyKey }, answer),
      );
      report[answer.status === 'requires_action' ? 'pending' : answer.status]++;
    };
    try {
      await settle(await outcomeOf(provider, transaction));
    } catch (error) {
      report.errors.push({ idempotencyKey, error });
      if (!transaction.isExpired || !isUnrecordable(error)) continue;
      const reason = storable(`its outcome cannot be recorded: ${error.message}`, maxLength.note);
      await settle({ status: 'failed', reason }).catch((error: unknown) => {
        report.errors.push({ idempotencyKey, error });
      });
    }
  }
  const { expiring, errors } = await renewAuthorizations(em, provider, { withinMs: expiringWithinMs, limit });
  return { ...report, expiring, errors: [...report.errors, ...errors] };
}

/** Whether no repetition helps, but only another adapter. */
function isUnrecordable(error: unknown): error is UserError {
  return (
    error instanceof UserError &&
    (error.code === 'payment-answer-unreadable' || error.code === 'payment-outcome-conflict')
  );
}

async function outcomeOf(
  provider: PaymentProvider,
  transaction: RowOf<typeof claimedRow>,
): Promise<ProviderAnswer> {
  const { idempotencyKey, kind, amountMinor, currencyCode, paymentReference, isAbandoned, isExpired } =
    transaction;
  const found: unknown = isExpired
    ? await provider.cancel(idempotencyKey)
    : await provider.find(idempotencyKey);
  if (found !== undefined) return parseAnswer(idempotencyKey, found);
  // A void takes no money, so it can be sent by whoever finds it; and a surplus is sent from here alone. What was credited
  // is owed, whoever was to send it.
  if ((kind === 'void' || (kind === 'refund' && isExcess(idempotencyKey))) && paymentReference !== null) {
    const sent = { kind, idempotencyKey, amountMinor, currencyCode, paymentReference };
    return parseAnswer(idempotencyKey, await provider.submit(sent));
  }
  return isAbandoned ? neverGot : { status: 'pending' };
}

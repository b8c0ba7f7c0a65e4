import type { EntityManager } from '@mikro-orm/postgresql';
import type { PaymentProvider, ProviderAnswer } from './payment-provider.ts';
import { settleTransaction } from './settle-transaction.ts';

/** How {@link sweepPendingTransactions} goes about it. */
export interface SweepOptions {
  /** Only transactions that are older; 1 minute unless told. At least the timeout of the provider's client. */
  minAgeMs?: number;
  /** What the provider has never got fails when it is older; 1 hour unless told. No request may be on its way so long. */
  abandonAgeMs?: number;
  /** At most so many; 100 unless told. */
  limit?: number;
}

/** What became of the transactions that were looked at. */
export interface SweepReport {
  succeeded: number;
  failed: number;
  /** The provider has no outcome yet, or has not got them and they are too young to be abandoned. */
  pending: number;
  /** Keys for which the provider gave no answer, or one that could not be recorded, with the errors. */
  errors: { idempotencyKey: string; error: unknown }[];
}

/**
 * Asks the provider for the truth about transactions without an outcome, as after a crash between its answer and our
 * commit. Sweepers that run at the same time share the work: each looks at a transaction at most once a `minAgeMs`.
 */
export async function sweepPendingTransactions(
  em: EntityManager,
  provider: PaymentProvider,
  { minAgeMs = 60_000, abandonAgeMs = 3_600_000, limit = 100 }: SweepOptions = {},
): Promise<SweepReport> {
  // A claim that is committed: the provider is asked outside of any transaction.
  const claimed = await em.execute<{ idempotencyKey: string; isAbandoned: boolean }[]>(
    `update payment_transaction set checked_at = now() where id in (
       select t.id from payment_transaction t join payment p on p.id = t.payment_id
       where t.status = 'pending' and p.provider = ?
         and greatest(t.created_at, t.checked_at) <= now() - make_interval(secs => ?::float8 / 1000)
       order by t.created_at limit ? for no key update of t skip locked)
     returning idempotency_key as "idempotencyKey",
       created_at <= now() - make_interval(secs => ?::float8 / 1000) as "isAbandoned"`,
    [provider.name, minAgeMs, limit, abandonAgeMs],
  );
  const report: SweepReport = { succeeded: 0, failed: 0, pending: 0, errors: [] };
  for (const { idempotencyKey, isAbandoned } of claimed) {
    try {
      const answer = (await provider.find(idempotencyKey)) ?? unseen(isAbandoned);
      await em.transactional((em) =>
        settleTransaction(em, { provider: provider.name, idempotencyKey }, answer),
      );
      report[answer.status]++;
    } catch (error) {
      report.errors.push({ idempotencyKey, error });
    }
  }
  return report;
}

function unseen(isAbandoned: boolean): ProviderAnswer {
  return isAbandoned ? { status: 'failed', reason: 'the provider never got it' } : { status: 'pending' };
}

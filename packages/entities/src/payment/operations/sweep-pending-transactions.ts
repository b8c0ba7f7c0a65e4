import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, float8, int8, text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { milliseconds, rows } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import type { PaymentProvider, ProviderAnswer } from './payment-provider.ts';
import { settleTransaction } from './settle-transaction.ts';
import { providerName } from './submit-transaction.ts';

const sweepOptions = z.strictObject({
  minAgeMs: milliseconds.default(60_000),
  abandonAgeMs: milliseconds.default(3_600_000),
  limit: rows.default(100),
});

/**
 * Options of {@link sweepPendingTransactions}.
 *
 * - `minAgeMs`: only transactions that are older are looked at; default 1 minute, at least the timeout of the
 *   provider's client.
 * - `abandonAgeMs`: what the provider never got fails when it is older; default 1 hour. No request may be on its way
 *   for so long.
 * - `limit`: the most that are looked at; default 100.
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
}

const claimPending = statement({
  params: { provider: text, minAgeMs: float8, abandonAgeMs: float8, limit: int8 },
  row: { idempotencyKey: text, isAbandoned: bool },
  sql: `update payment_transaction set checked_at = now() where id in (
      select t.id from status_index s join payment_transaction t on t.id = s.id
      join payment p on p.id = t.payment_id
      where s.machine = 'payment_transaction' and s.status = 'pending' and t.status = 'pending' and p.provider = :provider
        and greatest(t.created_at, t.checked_at) <= now() - make_interval(secs => :minAgeMs::float8 / 1000)
      order by s.at limit :limit for no key update of t skip locked)
    returning idempotency_key as "idempotencyKey",
      created_at <= now() - make_interval(secs => :abandonAgeMs::float8 / 1000) as "isAbandoned"`,
});

/**
 * Asks the provider for the outcome of transactions that have none, such as after a crash between its answer and our
 * commit. Concurrent sweepers share the work: a transaction is looked at once in `minAgeMs` at most.
 *
 * @throws UserError `invalid-input`
 */
export async function sweepPendingTransactions(
  em: EntityManager,
  provider: PaymentProvider,
  options: SweepOptions = {},
): Promise<SweepReport> {
  const { minAgeMs, abandonAgeMs, limit } = parseInput(sweepOptions, options);
  parseInput(providerName, { provider: provider.name });
  // A claim that is committed: the provider is asked outside of any transaction.
  const claimed = await claimPending(em, { provider: provider.name, minAgeMs, abandonAgeMs, limit });
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

import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { currencyCode, instant, key, listOf, positiveAmountMinor, reference } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import {
  bool,
  int8Sum,
  jsonb,
  nullable,
  text,
  textArray,
  textOf,
  timestamptz,
} from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { type ProviderKind, providerKinds } from './payment-provider.ts';

const listed = z.object({
  kind: z.enum(providerKinds),
  reference,
  amountMinor: positiveAmountMinor,
  currencyCode,
});

const reconciliation = z.strictObject({
  provider: key,
  transactions: listOf(listed, 1_000_000),
  kinds: listOf(z.enum(providerKinds)).default([
    'capture',
    'refund',
    'dispute',
    'dispute_reversal',
    'refund_reversal',
  ]),
  period: z.strictObject({ from: instant, to: instant }).optional(),
});

/**
 * What {@link reconcilePayments} takes: the name of the provider, and its list of transactions that succeeded, such as
 * that of `readPayoutFile`. `kinds`: those that the list is said to have; default those that move money. `period`: the
 * time, as we booked it, from which the list has everything; without it, only what is listed is looked at.
 */
export type Reconciliation = z.input<typeof reconciliation>;

/** A difference between the books and a provider's list. Amounts are minor units. */
export interface PaymentDifference {
  /**
   * `missing-here`: booked nowhere; `not-booked-yet`: here it waits, or has failed; `missing-at-provider`: booked, and
   * not in the list; `amount-differs`; `currency-differs`; `listed-twice`: the list has its reference more than once.
   */
  difference:
    | 'missing-here'
    | 'not-booked-yet'
    | 'missing-at-provider'
    | 'amount-differs'
    | 'currency-differs'
    | 'listed-twice';
  kind: ProviderKind;
  reference: string;
  /** Null: not here. */
  paymentId: string | null;
  /** Null: nothing is booked. */
  bookedMinor: bigint | null;
  /** Null: not in the list. */
  listedMinor: bigint | null;
}

// What was done above a request is booked beside it, under its reference and a suffix.
const compareBooks = statement({
  params: {
    provider: text,
    transactions: jsonb(),
    kinds: textArray,
    from: nullable(timestamptz),
    to: nullable(timestamptz),
  },
  row: {
    kind: textOf<ProviderKind>(),
    reference: text,
    paymentId: nullable(text),
    bookedMinor: nullable(int8Sum),
    listedMinor: nullable(int8Sum),
    isListed: bool,
    isKnown: bool,
    isListedTwice: bool,
    isOtherCurrency: bool,
  },
  sql: `with listed as (
      select kind, reference, min("amountMinor")::numeric as amount, min("currencyCode") as currency_code, count(*) as times
      from jsonb_to_recordset(:transactions::jsonb)
        as entry (kind text, reference text, "amountMinor" bigint, "currencyCode" text)
      group by kind, reference),
    booked as (
      select t.kind, replace(t.provider_reference, ' above the request', '') as reference,
        min(p.id::text) as payment_id, min(p.currency_code) as currency_code,
        sum(coalesce(t.settled_minor, t.amount_minor)) filter (where t.status = 'succeeded') as amount,
        bool_or(t.status = 'succeeded' and t.completed_at >= :from and t.completed_at < :to) as is_in_period
      from payment_transaction t join payment p on p.id = t.payment_id
      where p.provider = :provider and t.kind = any (:kinds) and t.provider_reference is not null
      group by 1, 2)
    select coalesce(listed.kind, booked.kind, '') as kind, coalesce(listed.reference, booked.reference, '') as reference,
      booked.payment_id as "paymentId", booked.amount as "bookedMinor", listed.amount as "listedMinor",
      listed.kind is not null as "isListed", booked.kind is not null as "isKnown",
      coalesce(listed.times > 1, false) as "isListedTwice",
      coalesce(listed.currency_code <> booked.currency_code, false) as "isOtherCurrency"
    from listed full join booked on booked.kind = listed.kind and booked.reference = listed.reference
    where listed.kind is not null and (listed.times > 1 or booked.amount is distinct from listed.amount
        or booked.currency_code <> listed.currency_code)
      or listed.kind is null and booked.is_in_period
    order by 1, 2`,
});

/**
 * Holds the books against a provider's list of transactions, and names each difference. Changes nothing.
 *
 * @throws UserError `invalid-input`
 */
export async function reconcilePayments(
  em: EntityManager,
  request: Reconciliation,
): Promise<PaymentDifference[]> {
  const { provider, transactions, kinds, period } = parseInput(reconciliation, request);
  const rows = await compareBooks(em, {
    provider,
    transactions: transactions.filter(({ kind }) => kinds.includes(kind)),
    kinds,
    from: period?.from,
    to: period?.to,
  });
  return rows.map(({ isListed, isKnown, isListedTwice, isOtherCurrency, ...row }) => {
    const difference = !isListed
      ? 'missing-at-provider'
      : !isKnown
        ? 'missing-here'
        : isListedTwice
          ? 'listed-twice'
          : row.bookedMinor === null
            ? 'not-booked-yet'
            : isOtherCurrency
              ? 'currency-differs'
              : 'amount-differs';
    return { difference, ...row };
  });
}

import type { Stripe } from 'stripe';
import type { ProviderKind } from '../payment/operations/payment-provider.ts';
import type { PayoutTransaction } from '../payment/operations/read-payout-file.ts';
import { fromStripeAmount } from './stripe-amount.ts';

/** The balance transactions of a time that are of payments, in the currency of the payment. */
export async function listPayoutTransactions(
  stripe: Stripe,
  { from, to }: { from: Date; to: Date },
): Promise<PayoutTransaction[]> {
  const seconds = (time: Date) => Math.floor(time.getTime() / 1000);
  const listed = stripe.balanceTransactions.list({
    created: { gte: seconds(from), lt: seconds(to) },
    expand: ['data.source'],
    limit: 100,
  });
  const transactions: PayoutTransaction[] = [];
  for await (const each of listed) {
    const kind = kindOf(each);
    // The balance is in the currency of the payouts: what was paid, its source has.
    if (kind === undefined || typeof each.source !== 'object' || each.source === null) continue;
    const source = each.source as Stripe.Charge | Stripe.Refund | Stripe.Dispute;
    const amount = source.object === 'charge' ? capturedBy(each, source) : source.amount;
    transactions.push({
      kind,
      reference: referenceOf(each, source),
      amountMinor: fromStripeAmount(amount, source.currency),
      currencyCode: source.currency.toUpperCase(),
    });
  }
  return transactions;
}

/** One of several captures has an amount of its own; in another currency, the sum is all that is known. */
function capturedBy(transaction: Stripe.BalanceTransaction, charge: Stripe.Charge): number {
  return transaction.currency === charge.currency ? transaction.amount : charge.amount_captured;
}

/** By `reporting_category`, as in a payout file. */
const kinds: Partial<Record<string, ProviderKind>> = {
  charge: 'capture',
  refund: 'refund',
  refund_failure: 'refund_reversal',
  dispute: 'dispute',
  dispute_reversal: 'dispute_reversal',
};

const kindOf = ({ reporting_category: category }: Stripe.BalanceTransaction) => kinds[category];

/** Of a refund's reversal that of the refund, as it is booked. */
function referenceOf(
  transaction: Stripe.BalanceTransaction,
  source: Stripe.Charge | Stripe.Refund | Stripe.Dispute,
): string {
  if (kindOf(transaction) !== 'refund_reversal' || source.object !== 'refund') return transaction.id;
  const booked = source.balance_transaction;
  return (typeof booked === 'string' ? booked : booked?.id) ?? transaction.id;
}

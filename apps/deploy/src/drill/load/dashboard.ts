import { randomUUID } from 'node:crypto';
import type { ProviderKind } from '@ecommerce-dms/entities';
import type { Random } from '../random.ts';
import type { DrillProvider } from './drill-provider.ts';

/** Something that is done at the provider without the shop, such as a refund in its dashboard or a chargeback. */
export function useDashboard(provider: DrillProvider, random: Random): void {
  const act = random.weighted([
    [4, refund],
    [2, dispute],
    [2, reverseDispute],
    [2, reverseRefund],
    [2, capture],
    [1, release],
  ]);
  act(provider, random);
}

function refund(provider: DrillProvider, random: Random): void {
  happens(provider, random, { of: 'capture', kind: 'refund' });
}

function dispute(provider: DrillProvider, random: Random): void {
  happens(provider, random, { of: 'capture', kind: 'dispute' });
}

/** Of a captured payment: a part of what its buyer has paid and not got back. */
function happens(
  provider: DrillProvider,
  random: Random,
  { of, kind }: { of: ProviderKind; kind: ProviderKind },
): void {
  const found = random.pick(provider.recent(of));
  if (found === undefined) return;
  const sums = provider.sumsOf(found.paymentReference);
  const left = sums.capture - sums.refund + sums.refund_reversal - sums.dispute + sums.dispute_reversal;
  if (left <= 0n) return;
  provider.happens({ ...found, kind, reference: randomUUID(), amountMinor: random.amountUpTo(left) });
}

/** The shop wins a dispute: its money comes back. */
function reverseDispute(provider: DrillProvider, random: Random): void {
  const found = random.pick(provider.recent('dispute'));
  if (found === undefined) return;
  const sums = provider.sumsOf(found.paymentReference);
  if (sums.dispute - sums.dispute_reversal < found.amountMinor) return;
  provider.happens({ ...found, kind: 'dispute_reversal', reference: randomUUID() });
}

/** A refund could not be paid out, such as to an account that was closed. */
function reverseRefund(provider: DrillProvider, random: Random): void {
  const found = random.pick(provider.recent('refund'));
  if (found === undefined) return;
  const { reference } = found;
  const isReversed = provider.transactions.some(
    (each) => each.kind === 'refund_reversal' && each.reference === reference,
  );
  if (!isReversed) provider.happens({ ...found, kind: 'refund_reversal' });
}

function capture(provider: DrillProvider, random: Random): void {
  const found = random.pick(authorized(provider));
  if (found === undefined) return;
  const amountMinor = random.amountUpTo(found.amountMinor);
  provider.happens({ ...found, kind: 'capture', reference: randomUUID(), amountMinor });
}

function release(provider: DrillProvider, random: Random): void {
  const found = random.pick(authorized(provider));
  if (found !== undefined) provider.happens({ ...found, kind: 'void', reference: randomUUID() });
}

/** Authorizations of which nothing was captured, and that hold money. */
function authorized(provider: DrillProvider) {
  return provider.recent('authorize').filter(({ reference }) => {
    const { capture, void: released } = provider.sumsOf(reference);
    return capture === 0n && released === 0n && !provider.renewed.has(reference);
  });
}

import type { CheckResult } from '@ecommerce-dms/validator';
import type { Cause } from './causes-of.ts';

/** A check that warns. */
export interface Warning {
  check: string;
  message: string;
  /** Why the drill expects it; undefined: it does not. */
  reason: string | undefined;
}

/** What the load does on purpose, and a shop is to be told of. */
const expected: Record<string, { because: readonly Cause[]; reason: string }> = {
  'order.unpaid-goods': {
    because: ['dispute', 'refund', 'void', 'credited-whole'],
    reason: 'the money was taken back or released at the provider, or all was credited and nothing cancelled',
  },
  'order.uncollected': {
    because: ['void'],
    reason: 'the money was released at the provider before it was captured',
  },
  'order.overpaid-at-provider': {
    because: ['capture', 'dispute_reversal', 'refund_reversal', 'paid-at-once'],
    reason: 'the money was taken, or came back, while the buyer paid by another attempt',
  },
  'order.cancelled-money': {
    because: ['dispute'],
    reason: 'the provider refuses to refund what a buyer disputes',
  },
  'credit-note.money': {
    because: ['dispute'],
    reason: 'the provider refuses to refund what a buyer disputes',
  },
};

/**
 * The checks that warn. A warning is expected where each order that it is about has one of its causes.
 *
 * @param causes what happened to orders, by their ids
 */
export function warningsOf(
  checks: readonly CheckResult[],
  causes: ReadonlyMap<string, ReadonlySet<Cause>>,
): Warning[] {
  return checks
    .filter(({ state, severity }) => state === 'failed' && severity === 'warning')
    .flatMap(({ id: check, message, findings }) => {
      const { because = [], reason } = expected[check] ?? {};
      const unexpected = findings.filter(({ key }) => {
        const happened = causes.get(key?.['id'] ?? '');
        return !because.some((cause) => happened?.has(cause));
      });
      if (unexpected.length === 0) return [{ check, message, reason }];
      const rows = unexpected.slice(0, 3).map(({ key, values }) => {
        const happened = [...(causes.get(key?.['id'] ?? '') ?? [])];
        return JSON.stringify({ ...key, ...values, happened });
      });
      return [{ check, message: `${message} Not expected: ${rows.join(', ')}`, reason: undefined }];
    });
}

import type { CheckResult } from '@ecommerce-dms/validator';

/** A check that warns. */
export interface Warning {
  check: string;
  message: string;
  /** Why the drill expects it; undefined: it does not. */
  reason: string | undefined;
}

/** What the load does on purpose, and a shop is to be told of. */
const expected: Record<string, string> = {
  'order.unpaid-goods':
    'money was taken back by disputes, or at the provider, after the goods had left; or nobody has captured it yet',
  'order.overpaid-at-provider':
    'somebody has captured in the dashboard what the buyer pays by another attempt, or disputed what they paid again',
  'order.cancelled-money': 'the provider refuses to refund what a buyer disputes',
  'credit-note.money': 'the provider refuses to refund what a buyer disputes',
};

/** The checks that warn. */
export function warningsOf(checks: readonly CheckResult[]): Warning[] {
  return checks
    .filter(({ state, severity }) => state === 'failed' && severity === 'warning')
    .map(({ id, message }) => ({ check: id, message, reason: expected[id] }));
}

import type { Rule } from './rule.ts';
import { compatibilityRules } from './rules/compatibility.ts';
import { constraintRules } from './rules/constraints.ts';
import { dataLossRules } from './rules/data-loss.ts';
import { indexRules } from './rules/indexes.ts';
import { otherRules } from './rules/others.ts';
import { rewriteRules } from './rules/rewrites.ts';
import { transactionRules } from './rules/transactions.ts';

/** All rules. */
export const rules: readonly Rule[] = [
  ...indexRules,
  ...constraintRules,
  ...rewriteRules,
  ...dataLossRules,
  ...compatibilityRules,
  ...transactionRules,
  ...otherRules,
];

/** What lint says of suppressions, with why. */
export const suppressionCodes = {
  'suppression-expired': 'The day until which the finding was accepted is over.',
  'suppression-unknown': 'It names no rule, so that it suppresses nothing.',
  'suppression-unused': 'It suppresses nothing, and would hide a finding later.',
  'suppression-without-reason': 'Nobody can judge later whether the finding may still be accepted.',
} as const;

import type { Context } from './context.ts';
import type { Report, Severity } from './finding.ts';

/** What a rule is about. */
export type RuleKind =
  | 'locks'
  | 'rewrites'
  | 'data loss'
  | 'compatibility'
  | 'transactions'
  | 'names'
  | 'style'
  | 'undecided';

/** One thing that a statement should not do. */
export interface Rule {
  code: string;
  kind: RuleKind;
  severity: Severity;
  /** Not reported unless it is asked for: an opinion. */
  isOff?: boolean;
  /** Why it is bad, for every statement that does it. */
  why: string;
  check(context: Context): Iterable<Report>;
}

import type { CostReport, Unpriced } from './estimate-cost.ts';
import { type Range, sumOf } from './range.ts';

/** How the monthly cost of one component changes. */
export interface CostChange {
  readonly component: string;
  /** How many resources have it, before and after. */
  readonly count: { readonly before: number; readonly after: number };
  readonly before: Range;
  readonly after: Range;
}

/** How the monthly costs of a stack change. */
export interface CostComparison {
  readonly currency: CostReport['currency'];
  /** Components whose count or cost a month differs, the greatest difference first. */
  readonly changes: readonly CostChange[];
  /** Monthly total of what has a price. */
  readonly before: Range;
  readonly after: Range;
  /** Whether both estimates are complete. */
  readonly complete: boolean;
  /** What is in neither the changes nor the totals. */
  readonly unpriced: { readonly before: readonly Unpriced[]; readonly after: readonly Unpriced[] };
}

/** Half a cent: less is rounding. */
const tolerance = 0.005;

/** Compares two estimates of the same currency, component by component. */
export function compareCosts(before: CostReport, after: CostReport): CostComparison {
  const names = new Set([...before.rows, ...after.rows].map(({ component }) => component));
  const changes = [...names]
    .map((component) => {
      const [old, now] = [monthlyOf(before, component), monthlyOf(after, component)];
      const count = { before: old.length, after: now.length };
      return { component, count, before: sumOf(old), after: sumOf(now) };
    })
    .filter(
      (change) => change.count.before !== change.count.after || Math.abs(difference(change)) >= tolerance,
    )
    .toSorted((a, b) => Math.abs(difference(b)) - Math.abs(difference(a)));
  return {
    currency: after.currency,
    changes,
    before: before.total.monthly,
    after: after.total.monthly,
    complete: before.complete && after.complete,
    unpriced: { before: before.unpriced, after: after.unpriced },
  };
}

function monthlyOf({ rows }: CostReport, component: string): Range[] {
  return rows.filter((row) => row.component === component).map(({ monthly }) => monthly);
}

function difference({ before, after }: Pick<CostChange, 'before' | 'after'>): number {
  const low = after.low - before.low;
  const high = after.high - before.high;
  return Math.abs(high) > Math.abs(low) ? high : low;
}

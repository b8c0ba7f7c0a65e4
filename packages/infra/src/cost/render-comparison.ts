import type { CostChange, CostComparison } from './compare-costs.ts';
import { align, money } from './text-table.ts';
import type { Range } from './usage-assumptions.ts';

/** The comparison as text for a terminal: a row a component, then the total. */
export function renderComparison({ changes, before, after, currency }: CostComparison): string {
  const header = [`${currency} a month`, 'count', 'applied', 'now', 'change'];
  const row = (title: string, count: string, from: Range, to: Range) => [
    title,
    count,
    money(from, 2),
    money(to, 2),
    signed({ low: to.low - from.low, high: to.high - from.high }),
  ];
  const rows = changes.map((change) => row(change.component, countOf(change), change.before, change.after));
  return align([header, ...rows, row('total', '', before, after)]).join('\n');
}

function countOf({ count: { before, after } }: CostChange): string {
  return before === after ? String(after) : `${before} to ${after}`;
}

function signed(range: Range): string {
  const [low, high] = [range.low, range.high].map((amount) => `${amount < 0 ? '' : '+'}${amount.toFixed(2)}`);
  return low === high ? (low ?? '') : `${low} to ${high}`;
}

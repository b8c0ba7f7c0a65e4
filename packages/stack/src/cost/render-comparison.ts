import type { CostChange, CostComparison } from './compare-costs.ts';
import { align, money } from './text-table.ts';
import { totalTitle, unpricedSection } from './unpriced-section.ts';
import type { Range } from './range.ts';

/** The comparison as text for a terminal: a row for each component, the total, and what is not in it. */
export function renderComparison(comparison: CostComparison): string {
  const { changes, before, after, currency, complete, unpriced } = comparison;
  const header = [`${currency} a month`, 'count', 'applied', 'now', 'change'];
  const row = (title: string, count: string, from: Range, to: Range) => [
    title,
    count,
    money(from, 2),
    money(to, 2),
    signed({ low: to.low - from.low, high: to.high - from.high }),
  ];
  const rows = changes.map((change) => row(change.component, countOf(change), change.before, change.after));
  return [
    ...align([header, ...rows, row(totalTitle(complete), '', before, after)]),
    ...unpricedSection(
      'Not in the total of what is applied, because its price is not known:',
      unpriced.before,
    ),
    ...unpricedSection('Not in the total of now, because its price is not known:', unpriced.after),
  ].join('\n');
}

function countOf({ count: { before, after } }: CostChange): string {
  return before === after ? String(after) : `${before} to ${after}`;
}

function signed(range: Range): string {
  const [low, high] = [range.low, range.high].map((amount) => `${amount < 0 ? '' : '+'}${amount.toFixed(2)}`);
  return low === high ? (low ?? '') : `${low} to ${high}`;
}

import { type Amounts, type CostReport, type CostRow, sum } from './estimate-cost.ts';
import { align, type Cells, money } from './text-table.ts';
import { totalTitle, unpricedSection } from './unpriced-section.ts';

/**
 * The report as text for a terminal: a row for each component, the groups, the total, what is not in it, and the sources.
 *
 * Equal components are added up. `*` marks what depends on use, from low to high; `?` a price that is not verified.
 */
export function renderCost(report: CostReport): string {
  const { rows, groups, total, unverified, currency, hours } = report;
  const sources: string[] = [];
  const footnote = ({ source, quality }: CostRow) => {
    const text = `${source} (${quality})`;
    if (!sources.includes(text)) sources.push(text);
    return sources.indexOf(text) + 1;
  };
  const header: Cells = ['', 'count', `${currency}/h`, `${currency} for ${hours} h`, `${currency}/month`, ''];
  const table: Cells[] = [header];
  for (const group of ['RDS', 'NAT', 'misc'] as const) {
    table.push([group, '', ...amountCells(groups[group]), '']);
    for (const same of equalComponents(rows.filter((row) => row.group === group))) {
      const [first] = same;
      if (first === undefined) continue;
      const marks = (first.usageBased ? '*' : '') + (first.quality === 'not verified' ? '?' : '');
      const note = `${marks} [${footnote(first)}]`.trim();
      table.push([`  ${first.component}`, String(same.length), ...amountCells(sum(same)), note]);
    }
  }
  table.push([totalTitle(report.complete), '', ...amountCells(total), '']);

  return [
    `Cost in ${report.region}, ${currency}, on demand, without free tier; prices compiled on ${report.pricesAsOf}`,
    '',
    ...align(table, [0, header.length - 1]),
    '',
    '* depends on use, from low to high    ? not verified',
    ...(unverified.monthly.high > 0
      ? [
          `${money(unverified.monthly, 2)} of ${money(total.monthly, 2)} ${currency} a month rest on prices that nobody has verified`,
        ]
      : []),
    ...(report.exchange === undefined
      ? []
      : [`1 USD = ${report.exchange.rate} EUR: ${report.exchange.source} (${report.exchange.quality})`]),
    ...unpricedSection('Not in the total, because its price is not known:', report.unpriced),
    ...section('Not estimated:', report.notEstimated),
    ...section(
      'Sources of the prices:',
      sources.map((source, index) => `[${index + 1}] ${source}`),
    ),
  ].join('\n');
}

/** Dearest first. */
function equalComponents(rows: readonly CostRow[]): CostRow[][] {
  const dearestFirst = rows.toSorted((a, b) => b.monthly.high - a.monthly.high);
  return [
    ...Map.groupBy(dearestFirst, (row) => `${row.component} ${row.monthly.low} ${row.monthly.high}`).values(),
  ];
}

function amountCells({ hourly, period, monthly }: Amounts): Cells {
  return [money(hourly, 4), money(period, 2), money(monthly, 2)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

import { UserError } from '@ecommerce-dms/errors';
import {
  type CostReport,
  type Currency,
  estimateCost,
  renderCost,
  type StackJson,
} from '@ecommerce-dms/stack';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { loadPrices } from '../config/price-file.ts';
import type { StageOutcome } from '../stage.ts';

export interface CostResult extends CostReport {
  /** The environment's budget beside the high estimate of a month. */
  budget?: {
    monthlyLimitUsd: number;
    /** Of what has a price. */
    monthlyHighUsd: number;
    /** `undecided`: what has a price keeps to the budget, and something has none. */
    verdict: 'kept' | 'exceeded' | 'undecided';
  };
}

export interface CostStageOptions {
  hours: number;
  currency?: Currency;
}

/** What an environment's synthesized stack costs for `hours`. */
export async function costOfStack(
  { name, settings: { aws }, root }: LoadedEnvironment,
  json: StackJson,
  options: CostStageOptions,
): Promise<StageOutcome<CostResult> & { text: string }> {
  const report = estimateCost(json, { ...options, prices: await loadPrices(root) });
  const { low, high } = report.total.period;
  const amount = low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const [atLeast, unpriced] = report.complete
    ? ['', '']
    : ['at least ', `, incomplete: ${report.unpriced.length} without a price`];
  const budget = aws.monthlyBudgetUsd === undefined ? undefined : holdAgainst(aws.monthlyBudgetUsd, report);
  const verdict = budget === undefined ? '' : describeVerdict(budget);
  return {
    summary: `${atLeast}${amount} ${report.currency} for ${report.hours} h in ${report.region}${unpriced}${verdict}`,
    result: { ...report, ...(budget && { budget }) },
    text: [renderCost(report), remedyFor(report, name)].filter((text) => text !== undefined).join('\n\n'),
  };
}

type Budget = NonNullable<CostResult['budget']>;

function holdAgainst(monthlyLimitUsd: number, report: CostReport): Budget {
  const monthlyHighUsd = report.total.monthly.high / (report.exchange?.rate ?? 1);
  const isWithin = monthlyHighUsd <= monthlyLimitUsd;
  const verdict = !isWithin ? 'exceeded' : report.complete ? 'kept' : 'undecided';
  return { monthlyLimitUsd, monthlyHighUsd, verdict };
}

function describeVerdict({ monthlyLimitUsd, verdict }: Budget): string {
  const budget = `the budget of ${monthlyLimitUsd} USD a month`;
  return { kept: '', exceeded: `, over ${budget}`, undecided: `, so that ${budget} can't be decided` }[
    verdict
  ];
}

/** How what has no price gets one; undefined where everything has. */
function remedyFor({ unpriced }: CostReport, environment: string): string | undefined {
  const remedies = [
    unpriced.some(({ price }) => price !== undefined) &&
      `'dms prices refresh --env ${environment}' fetches the prices that AWS lists. What has none then goes by hand into dms.prices.json: regions.REGION.KEY: { usd, per, source, quality }.`,
    unpriced.some(({ price }) => price === undefined) &&
      'Where no price is missing, a value is: set what is named.',
  ];
  return remedies.filter((remedy) => remedy !== false).join('\n') || undefined;
}

/**
 * @throws UserError `over-budget` when a month may cost more than the budget, `budget-undecided` when something has no
 *   price; exit code 3
 */
export function requireWithinBudget(result: CostResult, environment: string): void {
  const { budget, unpriced } = result;
  if (budget?.verdict === 'exceeded') {
    throw new UserError(
      'over-budget',
      `'${environment}' may cost ${budget.monthlyHighUsd.toFixed(2)} USD a month${result.complete ? '' : ' and more'}; its budget is ${budget.monthlyLimitUsd} USD.`,
      {
        hint: "'dms cost' shows the components. Take a smaller one, or raise aws.monthlyBudgetUsd.",
        exitCode: 3,
      },
    );
  }
  if (budget?.verdict === 'undecided') {
    const reasons = Map.groupBy(unpriced, ({ reason }) => reason);
    const lines = [...reasons].map(
      ([reason, resources]) => `- ${reason}: ${resources.map(({ resource }) => resource).join(', ')}`,
    );
    throw new UserError(
      'budget-undecided',
      `Whether '${environment}' keeps to its budget of ${budget.monthlyLimitUsd} USD a month can't be decided, because not everything has a price:\n${lines.join('\n')}`,
      { hint: remedyFor(result, environment), exitCode: 3 },
    );
  }
}

import { UserError } from '@ecommerce-dms/errors';
import {
  type CostReport,
  type Currency,
  estimateCost,
  renderCost,
  type StackJson,
} from '@ecommerce-dms/infra';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { loadPrices } from '../config/price-file.ts';
import type { StageOutcome } from '../stage.ts';

export interface CostResult extends CostReport {
  /** The environment's budget beside the high estimate of a month. */
  budget?: { monthlyLimitUsd: number; monthlyHighUsd: number; exceeded: boolean };
}

export interface CostStageOptions {
  hours: number;
  currency?: Currency;
}

/** What an environment's synthesized stack costs for `hours`. */
export async function costOfStack(
  { settings: { aws }, root }: LoadedEnvironment,
  json: StackJson,
  options: CostStageOptions,
): Promise<StageOutcome<CostResult> & { text: string }> {
  const report = estimateCost(json, { ...options, prices: await loadPrices(root) });
  const { low, high } = report.total.period;
  const amount = low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const unpriced =
    report.unpriced.length === 0 ? '' : `, ${report.unpriced.length} resources without a price`;
  const budget = aws.monthlyBudgetUsd === undefined ? undefined : holdAgainst(aws.monthlyBudgetUsd, report);
  const over = budget?.exceeded === true ? `, over the budget of ${budget.monthlyLimitUsd} USD a month` : '';
  return {
    summary: `${amount} ${report.currency} for ${report.hours} h in ${report.region}${unpriced}${over}`,
    result: { ...report, ...(budget && { budget }) },
    text: renderCost(report),
  };
}

function holdAgainst(monthlyLimitUsd: number, report: CostReport): NonNullable<CostResult['budget']> {
  const monthlyHighUsd = report.total.monthly.high / (report.exchange?.rate ?? 1);
  return { monthlyLimitUsd, monthlyHighUsd, exceeded: monthlyHighUsd > monthlyLimitUsd };
}

/** @throws UserError `over-budget` when a month may cost more than the budget; exit code 3 */
export function refuseOverBudget({ budget }: CostResult, environment: string): void {
  if (budget === undefined || !budget.exceeded) return;
  throw new UserError(
    'over-budget',
    `'${environment}' may cost ${budget.monthlyHighUsd.toFixed(2)} USD a month; its budget is ${budget.monthlyLimitUsd} USD.`,
    {
      hint: "'dms cost' shows the components. Take a smaller one, or raise aws.monthlyBudgetUsd.",
      exitCode: 3,
    },
  );
}

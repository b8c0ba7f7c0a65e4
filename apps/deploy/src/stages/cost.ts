import { type CostReport, type Currency, estimateCost, renderCost } from '@ecommerce-dms/infra';
import type { StackJson } from '@ecommerce-dms/infra';
import type { StageOutcome } from '../stage.ts';

/** What a synthesized stack costs for `hours`. */
export function costOfStack(
  json: StackJson,
  options: { hours: number; currency?: Currency },
): StageOutcome<CostReport> & { text: string } {
  const report = estimateCost(json, options);
  const { low, high } = report.total.period;
  const amount = low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const unpriced =
    report.unpriced.length === 0 ? '' : `, ${report.unpriced.length} resources without a price`;
  return {
    summary: `${amount} ${report.currency} for ${report.hours} h in ${report.region}${unpriced}`,
    result: report,
    text: renderCost(report),
  };
}

import { AppliedStack, compareCosts, type CostComparison, estimateCost } from '@ecommerce-dms/stack';
import { readState } from '@ecommerce-dms/aws/terraform';
import { openWorkspace } from '../aws/terraform-workspace.ts';
import { loadPrices } from '../config/price-file.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import type { CostStageOptions } from './cost.ts';

/** Holds the cost of the stack as it is now against that of what Terraform has applied. */
export async function compareWithApplied(
  context: StageContext,
  options: CostStageOptions,
): Promise<StageOutcome<CostComparison>> {
  const { json, directory, options: terraform } = await openWorkspace(context, 'cost --diff');
  const state = await readState(directory, terraform);
  const prices = await loadPrices(context.environment.root);
  const before = estimateCost(new AppliedStack(state, json), { ...options, prices });
  const comparison = compareCosts(before, estimateCost(json, { ...options, prices }));
  const { changes, after, currency, complete, unpriced } = comparison;
  const missing = unpriced.before.length + unpriced.after.length;
  return {
    summary: complete
      ? `${changes.length} components differ; now up to ${after.high.toFixed(2)} ${currency} a month`
      : `${changes.length} components differ, incomplete: ${missing} without a price`,
    result: comparison,
  };
}

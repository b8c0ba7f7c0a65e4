import { type Currency, renderComparison } from '@ecommerce-dms/stack';
import { compareWithApplied } from '../stages/compare-cost.ts';
import { costOfStack, requireWithinBudget } from '../stages/cost.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** Flags of `dms cost`. */
export interface CostCommandOptions extends CommonOptions {
  hours: number;
  currency: Currency;
  diff?: boolean;
}

/**
 * `dms cost`: synthesizes the stack and estimates what it costs, or with `--diff` how that differs from what is
 * applied. Exit code 3 when a month may cost more than the budget, or when something without a price leaves that open.
 */
export async function cost(options: CostCommandOptions): Promise<void> {
  const { result, text } = await runStage(
    'cost',
    'Estimating the cost of the AWS stack',
    options,
    async (context) => costOfStack(context.environment, (await synthesizeStack(context)).json, options),
  );
  if (options.diff === true) {
    const { result: comparison } = await runStage(
      'cost-diff',
      'Comparing it with what is applied',
      options,
      (context) => compareWithApplied(context, options),
    );
    printResult({ json: comparison, text: renderComparison(comparison) }, options.json === true);
  } else {
    printResult({ json: result, text }, options.json === true);
  }
  requireWithinBudget(result, options.env);
}

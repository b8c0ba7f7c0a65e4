import type { Currency } from '@ecommerce-dms/infra';
import { costOfStack } from '../stages/cost.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms cost`: synthesizes the stack and estimates what it costs. */
export async function cost(options: CommonOptions & { hours: number; currency: Currency }): Promise<void> {
  const { result, text } = await runStage(
    'cost',
    'Estimating the cost of the AWS stack',
    options,
    async (context) => costOfStack((await synthesizeStack(context)).json, options),
  );
  printResult({ json: result, text }, options.json === true);
}

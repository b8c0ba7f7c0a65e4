import { planEnvironment, renderPlan } from '../stages/plan.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms plan`: what an apply would do, saved for it. Exit code 3 for destructive changes that are not confirmed. */
export async function plan(options: CommonOptions & { confirm: string[] }): Promise<void> {
  const { result } = await runStage('plan', 'Planning the AWS stack', options, (context) =>
    planEnvironment(context, options),
  );
  const text = `${renderPlan(result, { name: options.env })}\n\nApply exactly this: dms apply --env ${options.env}`;
  printResult({ json: result, text }, options.json === true);
}

import { requireAws } from '../aws/terraform-workspace.ts';
import { applyEnvironment } from '../stages/apply.ts';
import { describeChanges, type PlanResult } from '../stages/plan.ts';
import { type RunContext, stateFile } from '../stage.ts';
import { readRunState } from '../state/run-state.ts';
import { confirm } from '../ui/confirm.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runContext, runStage } from './run-stage.ts';

/** `dms apply`: applies the plan that `dms plan` has saved. */
export async function apply(options: CommonOptions & { yes?: boolean }): Promise<void> {
  const context = await runContext(options);
  requireAws(context.environment, 'apply');
  if (options.yes !== true) await confirmPlan(context);
  const { result, summary } = await runStage('apply', 'Applying the plan', options, applyEnvironment);
  const outputs = Object.entries(result.outputs).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  printResult(
    { json: result, text: `${summary}\n\n${table(outputs, { indent: 2 })}` },
    options.json === true,
  );
}

/** @throws UserError `not-confirmed` */
export async function confirmPlan({ environment, signal }: RunContext): Promise<void> {
  const { stages } = await readRunState(stateFile(environment), environment.name);
  const plan = stages['plan']?.result as PlanResult | undefined;
  // Without a plan the stage says what to do.
  if (plan === undefined) return;
  await confirm(`${describeChanges(plan.changes)} in '${environment.name}'.`, 'yes', '--yes', signal);
}

import { rm } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { type AppliedPlan, applyPlan } from '@ecommerce-dms/aws/terraform';
import { digestOfFile, openWorkspace, type TerraformWorkspace } from '../aws/terraform-workspace.ts';
import { readRunState, type StageRecord } from '../state/run-state.ts';
import { type StageContext, stateFile, type StageOutcome } from '../stage.ts';
import type { PlanResult } from './plan.ts';

export interface ApplyResult extends AppliedPlan {
  /** Of the plan that was applied. */
  planDigest: string;
}

/**
 * Applies the saved plan, exactly as it is. A plan that was applied already is left alone.
 *
 * @throws UserError `no-plan`, `plan-outdated` (the stack or the plan file is another one), `apply-interrupted`, and Terraform's own
 */
export async function applyEnvironment(context: StageContext): Promise<StageOutcome<ApplyResult>> {
  const { environment, signal } = context;
  const workspace = await openWorkspace(context, 'apply');
  const { stages } = await readRunState(stateFile(environment), environment.name);
  const plan = recordOf<PlanResult>(stages['plan']);
  const applied = recordOf<ApplyResult>(stages['apply']);
  const hint = `Make one: dms plan --env ${environment.name}`;
  if (plan === undefined) {
    throw new UserError('no-plan', `There is no plan of '${environment.name}' to apply.`, { hint });
  }
  refuseOtherStack(workspace, plan, hint);
  if (applied?.planDigest === plan.planDigest) {
    return { summary: 'that plan was applied before; nothing was done', result: applied };
  }
  await refuseOtherPlan(workspace, plan, hint);
  try {
    const done = await applyPlan(workspace.directory, { ...workspace.options, planFile: workspace.planFile });
    await rm(workspace.planFile);
    return {
      summary: `${done.added} added, ${done.changed} changed, ${done.destroyed} destroyed`,
      result: { ...done, planDigest: plan.planDigest },
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new UserError('interrupted', 'The apply was interrupted.', {
      hint: `What Terraform had begun it has ended and written down. Go on with 'dms plan --env ${environment.name}', then 'dms apply --env ${environment.name}'.`,
      cause: error,
    });
  }
}

function recordOf<Result extends object>(record: StageRecord | undefined): Result | undefined {
  return record?.result as Result | undefined;
}

function refuseOtherStack({ digest }: TerraformWorkspace, plan: PlanResult, hint: string): void {
  if (plan.stackDigest === digest) return;
  throw new UserError('plan-outdated', 'The stack has changed since it was planned.', {
    hint: `A plan of the settings as they are now is needed. ${hint}`,
  });
}

async function refuseOtherPlan(
  { planFile }: TerraformWorkspace,
  plan: PlanResult,
  hint: string,
): Promise<void> {
  const digest = await digestOfFile(planFile);
  if (digest === undefined) {
    throw new UserError('no-plan', `The plan ${planFile} is gone.`, { hint });
  }
  if (digest !== plan.planDigest) {
    throw new UserError('plan-outdated', `${planFile} is not the plan that 'dms plan' has recorded.`, {
      hint: `Nobody has looked at it. ${hint}`,
    });
  }
}

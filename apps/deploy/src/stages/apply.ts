import { rm } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { Option } from 'commander';
import { describeChanges } from '../aws/plan-changes.ts';
import type { TerraformWorkspace } from '../aws/terraform-workspace.ts';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { stage } from '../declare-stage.ts';
import type { RunContext } from '../stage.ts';
import { table } from '../ui/table.ts';
import { plan, type PlanResult } from './plan.ts';
import { synth } from './synth.ts';

interface ApplyOptions {
  yes?: boolean;
}

/**
 * Applies the saved plan, exactly as it is. A plan that was applied already is left alone.
 *
 * @throws UserError `plan-not-found`; `plan-outdated` when the stack or the plan file is another one; `interrupted`;
 *   `not-confirmed`; and those of Terraform
 */
export const apply = stage({
  name: 'apply',
  help: 'apply the saved plan, exactly as it is',
  details: 'Asks before it begins.',
  job: 'apply',
  title: 'Applying the plan',
  flags: [new Option('--yes', 'do not ask before the apply')],
  target: 'aws',
  needs: { synth, plan },
  ask: askForYes,
  run: async (context, { synth, plan }) => {
    const { openWorkspace } = await import('../aws/terraform-workspace.ts');
    const { environment } = context;
    const workspace = await openWorkspace(context, synth.directory);
    const hint = `Make one: '${commandFor(environment, 'plan')}'.`;
    refuseOtherStack(workspace, plan, hint);
    const applied = await findApplied(environment);
    if (applied?.planDigest === plan.planDigest) {
      return { summary: 'that plan was applied before; nothing was done', result: applied };
    }
    await refuseOtherPlan(workspace, plan, hint);
    const done = await applyPlan(context, workspace);
    await rm(workspace.planFile);
    return {
      summary: `${done.added} added, ${done.changed} changed, ${done.destroyed} destroyed`,
      result: { ...done, planDigest: plan.planDigest },
    };
  },
  render: ({ summary, result }) => {
    const outputs = Object.entries(result.outputs).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return `${summary}\n\n${table(outputs, { indent: 2 })}`;
  },
});

/** Without a plan there is no question: the stage says what to do. */
async function askForYes({ environment, signal }: RunContext, { yes }: ApplyOptions): Promise<void> {
  const planned = yes === true ? undefined : await plan.find(environment);
  if (planned === undefined) return;
  const { confirm } = await import('../ui/confirm.ts');
  await confirm(`${describeChanges(planned.changes)} in '${environment.name}'.`, 'yes', '--yes', signal);
}

/** What the last apply has left. */
async function findApplied(environment: LoadedEnvironment) {
  const { z } = await import('zod');
  const { readRecord } = await import('../state/run-state.ts');
  const schema = z.object({
    added: z.number(),
    changed: z.number(),
    destroyed: z.number(),
    outputs: z.record(z.string(), z.unknown()),
    /** Of the plan that was applied. */
    planDigest: z.string(),
  });
  return await readRecord(environment, 'apply', schema);
}

async function applyPlan({ environment, signal }: RunContext, workspace: TerraformWorkspace) {
  const { applyPlan } = await import('@ecommerce-dms/aws/terraform');
  const { directory, planFile, options } = workspace;
  return await applyPlan(directory, { ...options, planFile }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw new UserError('interrupted', 'The apply was interrupted.', {
      hint: `Terraform has finished what it had begun, and recorded it. Go on with '${commandFor(environment, 'plan')}', then '${commandFor(environment, 'apply')}'.`,
      cause: error,
    });
  });
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
  const { digestOfFile } = await import('../aws/terraform-workspace.ts');
  const digest = await digestOfFile(planFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UserError('plan-not-found', `The plan ${planFile} is gone.`, { hint });
    throw error;
  });
  if (digest !== plan.planDigest) {
    throw new UserError('plan-outdated', `${planFile} is not the plan that 'dms plan' has recorded.`, {
      hint: `Nobody has reviewed it. ${hint}`,
    });
  }
}

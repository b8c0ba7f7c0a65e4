import { rm } from 'node:fs/promises';
import { readPlan, type TerraformPlan } from '@ecommerce-dms/stack';
import { initialize } from './initialize.ts';
import { type ProgressOptions, runWithMessages } from './run-with-messages.ts';
import { terraformFailure } from './terraform-failure.ts';
import { runTerraform } from './terraform-process.ts';

export interface PlanOptions extends ProgressOptions {
  /** Where the plan is saved; readable by the user alone. It may hold values that are secret. */
  readonly planFile: string;
  /** Plan to destroy everything. Default false. */
  readonly destroy?: boolean;
  /** Addresses to keep to, with what they depend on. Default: the whole stack. */
  readonly targets?: readonly string[];
}

/**
 * Runs `terraform init`, `plan` and `show` on a synthesized stack.
 *
 * @returns the plan, which may hold secrets: keep it off the disk. An earlier `planFile` is deleted in any case.
 * @throws UserError `stack-not-found`, `terraform-not-found`: the folder has no stack, the PATH no terraform.
 * @throws UserError `terraform-init-failed`, `terraform-plan-failed`, `terraform-show-failed`: that command failed.
 * @throws UserError `plan-unreadable`: what Terraform shows of the plan is not its JSON.
 * @example
 * ```ts
 * const plan = await planStack(directory, { planFile: `${directory}/plan.tfplan` });
 * console.log(plan.resource_changes?.length ?? 0, 'resources looked at');
 * ```
 */
export async function planStack(directory: string, options: PlanOptions): Promise<TerraformPlan> {
  const { planFile, destroy = false, targets = [] } = options;
  await rm(planFile, { force: true });
  await initialize(directory, options);
  await runWithMessages(
    directory,
    [
      'plan',
      `-out=${planFile}`,
      ...(destroy ? ['-destroy'] : []),
      ...targets.map((address) => `-target=${address}`),
    ],
    options,
  );
  const { code, stdout, stderr } = await runTerraform(
    directory,
    ['show', '-json', '-no-color', planFile],
    options,
  );
  if (code !== 0) throw terraformFailure('show', directory, [], stderr);
  return readPlan(stdout);
}

import type { TerraformState } from '@ecommerce-dms/stack';
import { initialize } from './initialize.ts';
import { terraformFailure } from './terraform-failure.ts';
import { runTerraform, type TerraformOptions } from './terraform-process.ts';

/**
 * Reads what is applied of a synthesized stack, from its backend.
 *
 * @returns the state, which may hold secrets: keep it off the disk
 * @throws UserError `stack-not-found`, `terraform-not-found`: the folder has no stack, the PATH no terraform.
 * @throws UserError `terraform-init-failed`, `terraform-show-failed`: that command failed.
 * @example
 * ```ts
 * import { readState } from '@ecommerce-dms/aws/terraform';
 * import { AppliedStack, estimateCost, renderCost } from '@ecommerce-dms/stack';
 *
 * const applied = new AppliedStack(await readState(directory), json); // json: of `synthesize`
 * console.log(renderCost(estimateCost(applied, { hours: 24 })));
 * ```
 */
export async function readState(directory: string, options: TerraformOptions = {}): Promise<TerraformState> {
  await initialize(directory, options);
  const { code, stdout, stderr } = await runTerraform(directory, ['show', '-json', '-no-color'], options);
  if (code !== 0) throw terraformFailure('show', directory, [], stderr);
  return JSON.parse(stdout) as TerraformState;
}

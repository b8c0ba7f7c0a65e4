import { initialize } from './initialize.ts';
import type { TerraformDiagnostic } from './terraform-messages.ts';
import { runTerraform, type TerraformOptions } from './terraform-process.ts';

export interface TerraformVerdict {
  readonly valid: boolean;
  readonly diagnostics: readonly TerraformDiagnostic[];
}

/**
 * Runs `terraform init` without the backend, then `terraform validate`, on a synthesized stack. Asks nothing of AWS.
 *
 * @param directory folder of the stack's `cdk.tf.json`
 * @throws UserError `stack-not-found`, `terraform-not-found`: the folder has no stack, the PATH no terraform.
 * @throws UserError `terraform-init-failed`: Terraform can't be initialized.
 */
export async function validateStack(
  directory: string,
  options: TerraformOptions = {},
): Promise<TerraformVerdict> {
  await initialize(directory, { ...options, backend: false });
  const { stdout } = await runTerraform(directory, ['validate', '-json', '-no-color'], options);
  return JSON.parse(stdout) as TerraformVerdict;
}

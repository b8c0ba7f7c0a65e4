import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { terraformFailure } from './terraform-failure.ts';
import { runTerraform, type TerraformOptions } from './terraform-process.ts';

/**
 * Runs `terraform init` on a synthesized stack. Again is cheap, and needed on each machine.
 *
 * @param options.backend false for a stack that is only looked at. Default true.
 * @throws UserError `stack-not-found`, `terraform-not-found`: the folder has no stack, the PATH no terraform.
 * @throws UserError `terraform-init-failed`: the command failed.
 */
export async function initialize(
  directory: string,
  options: TerraformOptions & { backend?: boolean } = {},
): Promise<void> {
  if (!existsSync(join(directory, 'cdk.tf.json'))) {
    throw new UserError('stack-not-found', `There is no synthesized stack in ${directory}.`, {
      hint: 'Synthesize it first: synthesize(build, { outdir }).',
    });
  }
  const plugins = options.pluginDirectory === undefined ? [] : [`-plugin-dir=${options.pluginDirectory}`];
  const backend = options.backend === false ? ['-backend=false'] : [];
  const { code, stderr } = await runTerraform(
    directory,
    ['init', '-input=false', '-no-color', ...backend, ...plugins],
    options,
  );
  if (code !== 0) throw terraformFailure('init', directory, [], stderr);
}

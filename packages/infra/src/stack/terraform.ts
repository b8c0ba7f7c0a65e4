import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '@ecommerce-dms/errors';

const run = promisify(execFile);

export interface TerraformDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail?: string;
  /** Address of the resource, when Terraform knows it. */
  readonly address?: string;
}

export interface TerraformVerdict {
  readonly valid: boolean;
  readonly diagnostics: readonly TerraformDiagnostic[];
}

export interface TerraformOptions {
  /** Folder of provider plugins, for a machine without the registry (`terraform init -plugin-dir`). */
  readonly pluginDirectory?: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs `terraform init` without the backend, then `terraform validate`, on a synthesized stack. Asks nothing of AWS.
 *
 * @param directory folder of the stack's `cdk.tf.json`
 * @throws UserError `stack-missing` without a stack in the folder, `terraform-missing` when there is no terraform on the PATH, `terraform-init` when init fails
 */
export async function validateStack(
  directory: string,
  options: TerraformOptions = {},
): Promise<TerraformVerdict> {
  if (!existsSync(join(directory, 'cdk.tf.json'))) {
    throw new UserError('stack-missing', `There is no synthesized stack in ${directory}.`, {
      hint: 'Synthesize it first: synthesize(build, { outdir }).',
    });
  }
  await initialize(directory, options);
  const { stdout } = await terraform(directory, ['validate', '-json'], options).catch((error: unknown) => {
    // Findings are on stdout, with exit code 1.
    if (hasOutput(error)) return error;
    throw error;
  });
  return JSON.parse(stdout) as TerraformVerdict;
}

async function initialize(directory: string, options: TerraformOptions): Promise<void> {
  const plugins = options.pluginDirectory === undefined ? [] : [`-plugin-dir=${options.pluginDirectory}`];
  try {
    await terraform(directory, ['init', '-backend=false', ...plugins], options);
  } catch (error) {
    if (!hasOutput(error)) throw error;
    throw new UserError('terraform-init', `terraform init failed in ${directory}:\n${error.stderr.trim()}`, {
      hint: 'Is the registry reachable? Without it, name a folder of plugins (DMS_TERRAFORM_PLUGIN_DIR).',
      cause: error,
    });
  }
}

async function terraform(directory: string, args: string[], options: TerraformOptions) {
  try {
    return await run('terraform', [...args, '-no-color'], {
      cwd: directory,
      env: { ...process.env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', TF_INPUT: '0' },
      maxBuffer: 64 * 2 ** 20,
      signal: options.signal,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError('terraform-missing', 'There is no terraform on the PATH.', {
      hint: 'Install Terraform 1.11 or later: https://developer.hashicorp.com/terraform/install',
      cause: error,
    });
  }
}

function hasOutput(error: unknown): error is { stdout: string; stderr: string } {
  return (
    error instanceof Error &&
    'stdout' in error &&
    typeof error.stdout === 'string' &&
    error.name !== 'AbortError'
  );
}

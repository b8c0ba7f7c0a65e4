import { chmod } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { TerraformPlan } from '@ecommerce-dms/stack';
import { applyPlan, planStack } from '@ecommerce-dms/aws/terraform';
import type { StageContext } from '../stage.ts';
import { synthesizeBootstrap } from './bootstrap-stack.ts';
import { countChanges, describeChanges } from './plan-changes.ts';

export interface BootstrapResult {
  /** From the folder of `dms.config.ts`: the only record of what was made. */
  stateFile: string;
  /** Of the stack `Bootstrap`. */
  outputs: Readonly<Record<string, unknown>>;
}

/**
 * Makes the bucket of the remote state of an account's environments, and the pipeline's roles.
 *
 * @param repository `org/repo` on GitHub; undefined for no roles
 * @throws UserError `bootstrap-destructive` (exit code 3) when something of it would be deleted, and Terraform's own
 */
export async function bootstrapAccount(
  { environment, signal, progress }: StageContext,
  repository: string | undefined,
): Promise<{ summary: string; result: BootstrapResult }> {
  const { directory, stateFile } = await synthesizeBootstrap(environment, repository);
  await chmod(dirname(stateFile), 0o700);
  const options = {
    pluginDirectory: process.env.DMS_TERRAFORM_PLUGIN_DIR,
    signal,
    onProgress: progress,
    planFile: join(dirname(stateFile), 'plan.tfplan'),
  };
  const plan = await planStack(directory, options);
  const { changes } = countChanges(plan);
  if (changes.destroy > 0) throw refused(plan);
  const { outputs } = await applyPlan(directory, options);
  return {
    summary: describeChanges(changes),
    result: { stateFile: relative(environment.root, stateFile), outputs },
  };
}

function refused({ resource_changes: changes = [] }: TerraformPlan): UserError {
  const lines = changes
    .filter(({ change }) => change.actions.includes('delete'))
    .map(({ address }) => `- ${address}`);
  return new UserError(
    'bootstrap-destructive',
    `The bootstrap would delete what others rely on:\n${lines.join('\n')}`,
    { hint: 'Were there roles for a pipeline? Then --repository is needed again.' },
  );
}

/** What to write into `dms.config.ts`, and what to keep. */
export function renderBootstrap({ outputs, stateFile }: BootstrapResult): string {
  const setting = (name: string): string => String(outputs[name]);
  const blocks = Object.entries((outputs['state_keys'] ?? {}) as Record<string, string>).map(
    ([environment, key]) =>
      [
        `environments.${environment}.aws.state in dms.config.ts:`,
        "  type: 's3',",
        `  bucket: '${setting('state_bucket')}',`,
        `  key: '${key}',`,
        `  region: '${setting('state_region')}',`,
        `  kmsKeyArn: '${setting('state_key_arn')}',`,
      ].join('\n'),
  );
  const roles = ['plan', 'apply'].flatMap((what) =>
    Object.entries((outputs[`${what}_role_arns`] ?? {}) as Record<string, string>).map(
      ([environment, arn]) => `  ${environment}, ${what}: ${arn}`,
    ),
  );
  if (roles.length > 0) blocks.push(["Roles of the pipeline's jobs:", ...roles].join('\n'));
  return [...blocks, `Keep ${stateFile}: it is the only record of what was made.`].join('\n\n');
}

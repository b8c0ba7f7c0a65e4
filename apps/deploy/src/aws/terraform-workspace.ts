import { createHash } from 'node:crypto';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { StackJson } from '@ecommerce-dms/stack';
import type { ProgressOptions } from '@ecommerce-dms/aws/terraform';
import type { LoadedEnvironment } from '../config/load-config.ts';
import type { StageContext } from '../stage.ts';
import { synthesizeEnvironment } from './environment-stack.ts';

/** Where Terraform runs for one environment. */
export interface TerraformWorkspace {
  /** The synthesized stack. */
  json: StackJson;
  /** Folder of `cdk.tf.json`. */
  directory: string;
  planFile: string;
  /** Of the files that Terraform reads as the stack. */
  digest: string;
  options: ProgressOptions;
}

/**
 * Synthesizes the stack, and closes the environment's folder to everybody else: plan and local state are in it.
 * @throws UserError `not-on-aws`; exit code 2
 */
export async function openWorkspace(context: StageContext, command: string): Promise<TerraformWorkspace> {
  const { environment, signal, progress } = context;
  requireAws(environment, command);
  const { json, directory: written = '' } = synthesizeEnvironment(environment);
  const directory = resolve(written);
  await chmod(environment.directory, 0o700);
  return {
    json,
    directory,
    planFile: join(environment.directory, 'plan.tfplan'),
    digest: await digestOfStack(directory),
    options: { pluginDirectory: process.env.DMS_TERRAFORM_PLUGIN_DIR, signal, onProgress: progress },
  };
}

/** @throws UserError `not-on-aws` for a local environment; exit code 2 */
export function requireAws({ name, settings }: LoadedEnvironment, command: string): void {
  if (settings.target === 'aws') return;
  throw new UserError('not-on-aws', `'dms ${command}' is for environments on AWS, and '${name}' is local.`, {
    hint: "A local environment is started by 'dms up', and deleted by 'dms down --purge'.",
    exitCode: 2,
  });
}

/** SHA-256 of a file, in hex; undefined without the file. */
export async function digestOfFile(file: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** An override file that somebody has laid beside the stack counts too. */
async function digestOfStack(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => /\.tf(\.json)?$/.test(name)).toSorted();
  const digests = await Promise.all(files.map((name) => digestOfFile(join(directory, name))));
  return createHash('sha256').update(digests.join()).digest('hex');
}

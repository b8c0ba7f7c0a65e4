import { createHash } from 'node:crypto';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ProgressOptions } from '@ecommerce-dms/aws/terraform';
import type { StageContext } from '../stage.ts';

/** Where Terraform runs for one environment. */
export interface TerraformWorkspace {
  /** Folder of `cdk.tf.json`. */
  directory: string;
  planFile: string;
  /** Of the files that Terraform reads as the stack. */
  digest: string;
  options: ProgressOptions;
}

/**
 * Closes the environment's folder to everybody else: plan and local state are in it.
 * @param stackDirectory of the stack as the settings are now
 */
export async function openWorkspace(
  { environment, signal, progress }: StageContext,
  stackDirectory: string,
): Promise<TerraformWorkspace> {
  const directory = resolve(stackDirectory);
  await chmod(environment.directory, 0o700);
  return {
    directory,
    planFile: join(environment.directory, 'plan.tfplan'),
    digest: await digestOfStack(directory),
    options: { pluginDirectory: process.env.DMS_TERRAFORM_PLUGIN_DIR, signal, onProgress: progress },
  };
}

/** SHA-256 of a file, in hex. */
export async function digestOfFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** An override file that somebody has laid beside the stack counts too. */
async function digestOfStack(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => /\.tf(\.json)?$/.test(name)).toSorted();
  const digests = await Promise.all(files.map((name) => digestOfFile(join(directory, name))));
  return createHash('sha256').update(digests.join()).digest('hex');
}

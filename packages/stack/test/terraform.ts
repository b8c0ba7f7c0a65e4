import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readPlan, type TerraformPlan } from '../src/index.ts';

const run = promisify(execFile);
const pluginDirectory = process.env['DMS_TERRAFORM_PLUGIN_DIR'];

/** Why tests that need Terraform and its AWS provider are skipped; false where both are there. */
export const terraformMissing: string | false =
  pluginDirectory === undefined && 'DMS_TERRAFORM_PLUGIN_DIR is not set';

/** Settings of the AWS provider for a plan that asks nothing of AWS. */
export const offlineProvider = {
  access_key: 'mock',
  secret_key: 'mock',
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: 'true',
  skip_region_validation: true,
};

/** The plan of a folder, which needs mock keys in its provider and no data source that asks AWS. */
export async function planOffline(cwd: string): Promise<TerraformPlan> {
  const terraform = (...args: string[]) => run('terraform', args, { cwd, maxBuffer: 2 ** 26 });
  await terraform('init', '-input=false', `-plugin-dir=${pluginDirectory}`);
  await terraform('plan', '-refresh=false', '-input=false', '-out=plan.bin');
  return readPlan((await terraform('show', '-json', 'plan.bin')).stdout);
}

import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject, StackJson } from '@ecommerce-dms/stack';

const run = promisify(execFile);
const pluginDirectory = process.env['DMS_TERRAFORM_PLUGIN_DIR'];

/** Why tests that need Terraform and its AWS provider are skipped; false where both are there. */
export const terraformMissing: string | false =
  pluginDirectory === undefined && 'DMS_TERRAFORM_PLUGIN_DIR is not set';

const mainProvider = {
  region: 'eu-west-1',
  access_key: 'mock',
  secret_key: 'mock',
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: 'true',
  skip_region_validation: true,
};
const source = { aws: { source: 'aws', version: '>= 5.100, < 7' } };

/**
 * Plans many stacks at once, each as a module of one root: starting Terraform and its provider is what a plan of one
 * stack mostly takes.
 *
 * @returns what Terraform says of the plan
 * @throws with Terraform's errors
 */
export async function planTogether(
  directory: string,
  stacks: ReadonlyMap<string, StackJson>,
): Promise<string> {
  const aliases = new Set<string>();
  const module: Record<string, object> = {};
  for (const [name, stack] of stacks) {
    const own = aliasesOf(stack);
    for (const alias of own) aliases.add(alias);
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'main.tf.json'), JSON.stringify(asModule(stack, own)));
    const providers = Object.fromEntries(
      ['aws', ...own.map((alias) => `aws.${alias}`)].map((key) => [key, key]),
    );
    module[name] = { source: `./${name}`, providers };
  }
  const root = {
    terraform: { required_providers: source },
    provider: {
      aws: [
        mainProvider,
        ...[...aliases].map((alias) => ({ ...mainProvider, alias, region: 'eu-central-1' })),
      ],
    },
    module,
  };
  writeFileSync(join(directory, 'main.tf.json'), JSON.stringify(root));
  const terraform = (...args: string[]) =>
    run('terraform', [...args, '-input=false', '-no-color'], { cwd: directory, maxBuffer: 2 ** 28 });
  await terraform('init', `-plugin-dir=${pluginDirectory}`);
  const { stdout } = await terraform('plan', '-refresh=false');
  return stdout;
}

function aliasesOf({ provider }: StackJson): string[] {
  return (provider?.['aws'] ?? []).flatMap(({ alias }) => (typeof alias === 'string' ? alias : []));
}

/** A module has its providers and its state from the root. */
function asModule(
  { provider: _provider, terraform: _terraform, ...stack }: StackJson,
  aliases: readonly string[],
): JsonObject {
  const aws = { ...source.aws, configuration_aliases: aliases.map((alias) => `aws.${alias}`) };
  return { ...stack, terraform: { required_providers: { aws } } };
}

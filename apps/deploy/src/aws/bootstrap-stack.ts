import { join } from 'node:path';
import { AwsStack, Bootstrap } from '@ecommerce-dms/infra';
import { type LoadedEnvironment, loadEnvironments } from '../config/load-config.ts';
import { synthesizeInto, type WrittenStack } from './synthesize-into.ts';

/**
 * Synthesizes the stack that comes before the environments of an account: the bucket of their state, and with a
 * repository the pipeline's roles. Its own state is local, beside its folder.
 *
 * @returns the stack, and the file of its state
 */
export async function synthesizeBootstrap(
  { root, settings }: LoadedEnvironment,
  repository: string | undefined,
): Promise<WrittenStack & { stateFile: string }> {
  const { region, accountId, owner, costCenter } = settings.aws;
  const { environments } = await loadEnvironments(root);
  const neighbours = environments.filter(
    ({ settings: { target, aws } }) =>
      target === 'aws' && aws.accountId === accountId && aws.region === region,
  );
  const folder = join(root, '.dms', ['bootstrap', accountId, region].filter(Boolean).join('-'));
  const synthesized = synthesizeInto(join(folder, 'cdktf.out'), (app) => {
    const stack = new AwsStack(app, 'shop-bootstrap', {
      region,
      accountId,
      tags: { environment: 'bootstrap', owner, costCenter },
      backend: { type: 'local', path: '../../../bootstrap.tfstate' },
    });
    new Bootstrap(stack, 'bootstrap', {
      name: 'shop',
      environments: neighbours.map(({ name }) => name),
      githubRepository: repository,
    });
    return stack;
  });
  return { ...synthesized, stateFile: join(folder, 'bootstrap.tfstate') };
}

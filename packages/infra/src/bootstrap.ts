import { Construct } from 'constructs';
import { refuseFaults } from './faults.ts';
import { githubProvider } from './pipeline/github-provider.ts';
import { PipelineRoles } from './pipeline/pipeline-roles.ts';
import { addOutputs } from './stack/add-outputs.ts';
import { awsIdentity } from './stack/aws-identity.ts';
import { StateStore } from './state/state-store.ts';

export interface BootstrapProps {
  /** Prefix of the names, also of the environments' stacks: `shop`. At most 29 characters. */
  readonly name: string;
  /** Environments whose state is kept, each the stack `<name>-<environment>`. */
  readonly environments: readonly string[];
  /** `org/repo` whose workflows plan and apply. Default: no roles for a pipeline. */
  readonly githubRepository?: string;
  /** The account's OIDC provider for GitHub; an account can have only one. Default: a new one. */
  readonly githubProviderArn?: string;
  /** A policy that no role of the pipeline can exceed. Default none. */
  readonly permissionsBoundaryArn?: string;
  /** Regions of the environments. Default: the stack's own. */
  readonly regions?: readonly string[];
}

/**
 * What an account needs before its first environment: a store for Terraform's state, and roles for a pipeline.
 *
 * It belongs into a stack of its own, whose state is local at first and can be moved to the store as
 * `<name>/bootstrap.tfstate`.
 *
 * Adds outputs to the stack: `state_bucket`, `state_region`, `state_key_arn` (for `kmsKeyArn` of the backend),
 * `state_keys` (object key by environment), and with a repository `plan_role_arns`, `apply_role_arns` (by
 * environment).
 */
export class Bootstrap extends Construct {
  readonly state: StateStore;
  /** By environment; empty without a repository. */
  readonly roles: Readonly<Record<string, PipelineRoles>>;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: BootstrapProps) {
    super(scope, id);
    const { name, environments, githubRepository: repository } = props;
    refuseFaults(`Bootstrap "${name}"`, environmentFaults(name, environments));
    this.state = new StateStore(this, 'state', { name });
    const objectKeys = byEnvironment(environments, (environment) => `${name}/${environment}.tfstate`);
    this.roles =
      repository === undefined
        ? {}
        : this.#pipelineRoles({ ...props, githubRepository: repository }, objectKeys);
    const { bucket, key } = this.state;
    addOutputs(this, {
      state_bucket: bucket.bucket,
      state_region: awsIdentity(this).region,
      state_key_arn: key.arn,
      state_keys: objectKeys,
    });
    if (repository === undefined) return;
    addOutputs(this, {
      plan_role_arns: byEnvironment(environments, (environment) => this.roles[environment]?.plan.role.arn),
      apply_role_arns: byEnvironment(environments, (environment) => this.roles[environment]?.apply.role.arn),
    });
  }

  #pipelineRoles(
    props: BootstrapProps & { githubRepository: string },
    objectKeys: Readonly<Record<string, string>>,
  ): Record<string, PipelineRoles> {
    const providerArn = props.githubProviderArn ?? githubProvider(this, 'github').arn;
    const { bucket, key } = this.state;
    return byEnvironment(
      props.environments,
      (environment) =>
        new PipelineRoles(this, `pipeline-${environment}`, {
          prefix: `${props.name}-${environment}`,
          environment,
          repository: props.githubRepository,
          providerArn,
          regions: props.regions,
          permissionsBoundaryArn: props.permissionsBoundaryArn,
          state: { bucketArn: bucket.arn, keyArn: key.arn, objectKey: objectKeys[environment] ?? '' },
        }),
    );
  }
}

function byEnvironment<T>(
  environments: readonly string[],
  value: (environment: string) => T,
): Record<string, T> {
  return Object.fromEntries(environments.map((environment) => [environment, value(environment)]));
}

function environmentFaults(name: string, environments: readonly string[]): (string | false)[] {
  return [
    environments.length === 0 && 'it has no environments',
    new Set(environments).size < environments.length &&
      `an environment is named twice in ${environments.join(', ')}`,
    ...environments.map(
      (environment) =>
        (!/^[a-z][a-z0-9-]*$/.test(environment) || `${name}-${environment}`.length > 50) &&
        `environment "${environment}" is not of a-z, 0-9 and hyphens, beginning with a letter, or "${name}-${environment}" is longer than 50`,
    ),
    // Rights go by the beginning of a name: those of "prod" would reach into "prod-eu".
    ...environments.flatMap((one) =>
      environments.map(
        (other) =>
          other.startsWith(`${one}-`) && `environment "${other}" begins with "${one}-", the name of another`,
      ),
    ),
  ];
}

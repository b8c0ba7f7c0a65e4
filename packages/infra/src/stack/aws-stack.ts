import { AwsProvider, type AwsProviderConfig } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { regionFault } from '@ecommerce-dms/rds-classes';
import { settingsFaults } from '../settings-faults.ts';
import { accountSettings } from './account-settings.ts';
import { accountIdContext } from './aws-identity.ts';
import { AwsRegion } from './aws-region.ts';
import { addStateBackend } from './state-backend.ts';
import type { StateBackend } from './state-settings.ts';

/** Tags on every resource of a stack; the tag `Stack` is the stack's id. */
export interface StackTags {
  readonly environment: string;
  readonly owner: string;
  readonly costCenter: string;
  /** Further tags, by their own names. */
  readonly extra?: Readonly<Record<string, string>>;
}

export interface AwsStackProps {
  /** A region with RDS: `eu-west-1`. */
  readonly region: string;
  /** 12 digits. When set, Terraform refuses to touch any other account. Default: looked up by Terraform. */
  readonly accountId?: string;
  /** `environment`, `owner`, `costCenter`, `extra`. */
  readonly tags: StackTags;
  /**
   * Where the state is kept: `{ type: 's3', bucket, key, region, kmsKeyArn? }`. Default: a local
   * `terraform.tfstate`.
   */
  readonly backend?: StateBackend;
}

/** A Terraform stack with the AWS provider, tags on everything, and a state backend. */
export class AwsStack extends TerraformStack {
  readonly region: string;
  readonly provider: AwsProvider;
  /** The tags that the provider puts on everything. */
  readonly tags: Readonly<Record<string, string>>;
  readonly #providerConfig: Pick<AwsProviderConfig, 'allowedAccountIds' | 'defaultTags'>;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: AwsStackProps) {
    super(scope, id);
    const { region, accountId, tags } = props;
    refuseFaults(`AwsStack "${id}"`, [
      regionFault(region),
      ...settingsFaults(accountSettings, props),
      ...(['environment', 'owner', 'costCenter'] as const).map(
        (name) => tags[name].trim() === '' && `tags.${name} is empty`,
      ),
    ]);
    this.region = region;
    if (accountId !== undefined) this.node.setContext(accountIdContext, accountId);
    this.tags = {
      ...tags.extra,
      Environment: tags.environment,
      Owner: tags.owner,
      CostCenter: tags.costCenter,
      Stack: id,
    };
    this.#providerConfig = {
      allowedAccountIds: accountId === undefined ? undefined : [accountId],
      defaultTags: [{ tags: { ...this.tags } }],
    };
    this.provider = new AwsProvider(this, 'aws', { region, ...this.#providerConfig });
    // The constructs use only what both major versions of the provider have.
    this.addOverride('terraform.required_providers.aws.version', '>= 5.100, < 7');
    addStateBackend(this, props.backend ?? { type: 'local' });
  }

  /**
   * A scope whose resources lie in another region, in the same account and with the same tags. Asked for the same
   * region again it gives the same scope.
   *
   * @param scope what it is made below. Default: the stack
   * @throws UserError `invalid-settings`: it is no region, or the stack's own.
   */
  inRegion(region: string, scope: Construct = this): AwsRegion {
    const found = scope.node.tryFindChild(region);
    if (found instanceof AwsRegion) return found;
    refuseFaults(`The other region of AwsStack "${this.node.id}"`, [
      regionFault(region),
      region === this.region && `region "${region}" is the stack's own`,
    ]);
    return new AwsRegion(scope, region, { region, provider: this.#providerIn(region) });
  }

  #providerIn(region: string): AwsProvider {
    const id = `aws-${region}`;
    const found = this.node.tryFindChild(id);
    if (found instanceof AwsProvider) return found;
    return new AwsProvider(this, id, { alias: region, region, ...this.#providerConfig });
  }
}

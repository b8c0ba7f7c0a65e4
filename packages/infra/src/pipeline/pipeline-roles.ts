import { Construct } from 'constructs';
import { awsIdentity } from '../stack/aws-identity.ts';
import { databaseGrants } from './database-grants.ts';
import { GithubRole } from './github-role.ts';
import { type Grants, policyStatements } from './grants.ts';
import { keyGrants } from './key-grants.ts';
import { networkGrants } from './network-grants.ts';
import { operationGrants } from './operation-grants.ts';
import { readGrants } from './read-grants.ts';
import { rotationGrants } from './rotation-grants.ts';
import { readStateGrants, writeStateGrants } from './state-grants.ts';

export interface PipelineRolesProps {
  /** Name of the environment's stack, and prefix of its names: `shop-production`. At most 50 characters. */
  readonly prefix: string;
  /** The GitHub environment whose jobs apply. Those of `<environment>-plan` plan. */
  readonly environment: string;
  /** `org/repo`. */
  readonly repository: string;
  /** The account's OIDC provider of GitHub. */
  readonly providerArn: string;
  /** The bucket of the Terraform state, its key, and the environment's object in it. */
  readonly state: { readonly bucketArn: string; readonly keyArn: string; readonly objectKey: string };
  /** Default: the stack's own region. */
  readonly regions?: readonly string[];
  /** A policy that neither role can exceed. Default none. */
  readonly permissionsBoundaryArn?: string;
}

/**
 * Two roles for the pipeline of one environment: one that plans and changes nothing but the lock, one that applies.
 *
 * Both can read the administrator's secret, because Terraform reads it at each plan. IAM can't limit the apply role to the
 * stack entirely: EC2's default security group, proxies and hosted zones have no names of the stack, and a role that writes
 * policies can widen its own rights. An account for each environment, or a permissions boundary, prevents that.
 */
export class PipelineRoles extends Construct {
  readonly plan: GithubRole;
  readonly apply: GithubRole;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: PipelineRolesProps) {
    super(scope, id);
    const { prefix, environment, repository, providerArn, permissionsBoundaryArn } = props;
    const { partition, accountId: account, region } = awsIdentity(this);
    const access = { partition, account, prefix, regions: props.regions ?? [region], ...props.state };
    const statements = (grants: Grants) => policyStatements(grants, access);
    const read = statements(readGrants);
    const common = { repository, providerArn, permissionsBoundaryArn };
    // Their names begin otherwise than the stack's, so that the stack's role can't change itself.
    this.plan = new GithubRole(this, 'plan', {
      ...common,
      name: `github-${prefix}-plan`,
      description: `Plans ${prefix}`,
      subject: { environment: `${environment}-plan` },
      policies: { read, state: statements(readStateGrants) },
    });
    this.apply = new GithubRole(this, 'apply', {
      ...common,
      name: `github-${prefix}-apply`,
      description: `Applies ${prefix}`,
      subject: { environment },
      policies: {
        read,
        state: statements(writeStateGrants),
        database: statements(databaseGrants),
        keys: statements(keyGrants),
        network: statements(networkGrants),
        operations: statements(operationGrants),
        rotation: statements(rotationGrants),
      },
    });
  }
}

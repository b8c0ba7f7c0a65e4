import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { Construct } from 'constructs';
import type { Database } from '../database/database.ts';
import { securityGroup, tcp } from '../network/security-group.ts';
import { suppress } from '../policy/suppress.ts';
import { connectPolicy } from './connect-policy.ts';

/** The database users who log in with IAM, on the writer and on replicas. */
export interface DatabaseUsers {
  readonly migrator: string;
  readonly app: string;
  readonly readonly: string;
}

export interface AccessProps {
  /** Prefix of the names of the security group and the policies. */
  readonly name: string;
  /** VPC of the clients' security group. */
  readonly vpcId: string;
  /** The instance or cluster. */
  readonly database: Database;
  /** Database users who log in with IAM. Default `migrator`, `app`, `readonly`. */
  readonly users?: DatabaseUsers;
}

/**
 * Who may reach a database, and as whom.
 *
 * What is in the clients' security group can open connections to the database, and nothing else by this group.
 * The policies allow `rds-db:connect` as one database user each; attach them to the roles of the workloads.
 */
export class Access extends Construct {
  readonly clientSecurityGroup: SecurityGroup;
  readonly users: DatabaseUsers;
  readonly connectPolicies: Readonly<Record<keyof DatabaseUsers, IamPolicy>>;

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { name, database } = props;
    const users = props.users ?? { migrator: 'migrator', app: 'app', readonly: 'readonly' };
    this.users = users;

    this.clientSecurityGroup = securityGroup(this, 'clients', {
      name: `${name}-clients`,
      description: `Clients of the database ${name}`,
      vpcId: props.vpcId,
    });
    suppress(this.clientSecurityGroup, 'security-group-used', 'Workloads of other stacks join it.');
    const rule = tcp(database.port);
    new VpcSecurityGroupIngressRule(this, 'from-clients', {
      ...rule,
      securityGroupId: database.securityGroup.id,
      referencedSecurityGroupId: this.clientSecurityGroup.id,
      description: 'PostgreSQL from its clients',
    });
    new VpcSecurityGroupEgressRule(this, 'to-database', {
      ...rule,
      securityGroupId: this.clientSecurityGroup.id,
      referencedSecurityGroupId: database.securityGroup.id,
      description: 'PostgreSQL to the database',
    });

    const policy = (role: keyof DatabaseUsers) =>
      new IamPolicy(this, `connect-${role}`, {
        name: `${name}-connect-${role}`,
        description: `Log in to the database ${name} as ${users[role]}`,
        policy: connectPolicy(this, database.resourceIds, users[role]),
      });
    this.connectPolicies = {
      // Whoever migrates then validates, on a replica too.
      migrator: policy('migrator'),
      app: policy('app'),
      readonly: policy('readonly'),
    };
  }
}

import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { DbProxyDefaultTargetGroup } from '@cdktf/provider-aws/lib/db-proxy-default-target-group/index.js';
import { DbProxyEndpoint } from '@cdktf/provider-aws/lib/db-proxy-endpoint/index.js';
import { DbProxyTarget } from '@cdktf/provider-aws/lib/db-proxy-target/index.js';
import { DbProxy } from '@cdktf/provider-aws/lib/db-proxy/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import type { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import type { Access, DatabaseUsers } from '../access/access.ts';
import { connectPolicy } from '../access/connect-policy.ts';
import { DatabasePassword } from '../database/database-password.ts';
import { refuseFaults } from '../faults.ts';
import { suppress } from '../policy/suppress.ts';
import { proxyFaults } from './proxy-faults.ts';
import { type CompleteProxy, completeProxy, type ProxyProps } from './proxy-props.ts';
import { proxyRole } from './proxy-role.ts';
import { proxyPort, proxySecurityGroup } from './proxy-security.ts';

/**
 * RDS Proxy: many clients on few connections. They log in to it with IAM, by TLS alone.
 *
 * To the database the proxy logs in with a password, which is in a secret for each user: Secrets Manager makes it, and
 * no plan or state holds it. The user has to be given that password in the database, and must not have `rds_iam`,
 * with which RDS takes no password.
 */
export class Proxy extends Construct {
  readonly proxy: DbProxy;
  readonly targetGroup: DbProxyDefaultTargetGroup;
  /** Leads to the readers of a cluster; an instance has none. */
  readonly readOnlyEndpoint: DbProxyEndpoint | undefined;
  readonly securityGroup: SecurityGroup;
  /** Secrets with `username` and `password`, as JSON. */
  readonly secrets: ReadonlyMap<keyof DatabaseUsers, SecretsmanagerSecret>;
  /** Policies to log in through the proxy, for the roles of the workloads. */
  readonly connectPolicies: ReadonlyMap<keyof DatabaseUsers, IamPolicy>;
  /** 5432, whatever the port of the database. */
  readonly port = proxyPort;

  /** @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all. */
  constructor(scope: Construct, id: string, props: ProxyProps) {
    super(scope, id);
    const { name, network, encryption, database, access } = props;
    const settings = completeProxy(props);
    refuseFaults(`Proxy "${name}"`, proxyFaults(name, settings));
    const { users } = settings;

    this.securityGroup = proxySecurityGroup(this, {
      name,
      vpcId: network.vpcId,
      database,
      clients: access.clientSecurityGroup,
    });
    this.secrets = new Map(users.map((user) => [user, this.#makeSecret(user, props, settings)]));
    const secretArns = [...this.secrets.values()].map(({ arn }) => arn);
    const logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/rds/proxy/${name}`,
      retentionInDays: settings.logRetentionDays,
      kmsKeyId: encryption.keyArn,
    });
    const subnetIds = [...network.databaseSubnetIds];
    const role = proxyRole(this, { name: `${name}-proxy`, secretArns, keyArn: encryption.keyArn });
    this.proxy = new DbProxy(this, 'proxy', {
      name,
      engineFamily: 'POSTGRESQL',
      requireTls: true,
      roleArn: role.arn,
      auth: secretArns.map((secretArn) => ({ authScheme: 'SECRETS', iamAuth: 'REQUIRED', secretArn })),
      idleClientTimeout: settings.idleClientTimeoutSeconds,
      vpcSubnetIds: subnetIds,
      vpcSecurityGroupIds: [this.securityGroup.id],
      dependsOn: [logGroup],
    });
    this.targetGroup = new DbProxyDefaultTargetGroup(this, 'target-group', {
      dbProxyName: this.proxy.name,
      connectionPoolConfig: {
        maxConnectionsPercent: settings.maxConnectionsPercent,
        maxIdleConnectionsPercent: settings.maxIdleConnectionsPercent,
        connectionBorrowTimeout: settings.borrowTimeoutSeconds,
      },
    });
    new DbProxyTarget(this, 'target', {
      dbProxyName: this.proxy.name,
      targetGroupName: this.targetGroup.name,
      ...database.proxyTarget,
    });
    this.readOnlyEndpoint =
      'dbClusterIdentifier' in database.proxyTarget
        ? new DbProxyEndpoint(this, 'read-only', {
            dbProxyName: this.proxy.name,
            dbProxyEndpointName: `${name}-read-only`,
            targetRole: 'READ_ONLY',
            vpcSubnetIds: subnetIds,
            vpcSecurityGroupIds: [this.securityGroup.id],
          })
        : undefined;
    this.connectPolicies = this.#connectPolicies(name, users, access);
  }

  #makeSecret(
    user: keyof DatabaseUsers,
    { name, access, encryption }: ProxyProps,
    { passwordVersion }: CompleteProxy,
  ): SecretsmanagerSecret {
    const { secret } = new DatabasePassword(this, `password-${user}`, {
      name: `${name}-${user}`,
      description: `${access.users[user]} of the database ${name}, for its proxy`,
      username: access.users[user],
      keyArn: encryption.keyArn,
      version: passwordVersion,
    });
    const reason = 'No person and no client reads it: they come by IAM. passwordVersion makes a new one.';
    suppress(secret, 'secret-rotated', reason);
    return secret;
  }

  #connectPolicies(name: string, users: CompleteProxy['users'], access: Access): Proxy['connectPolicies'] {
    // arn:aws:rds:region:account:db-proxy:prx-...: the last part is the id. A local, since a policy is JSON, whose
    // quotes no expression can have.
    const { asString: resourceId } = new TerraformLocal(
      this,
      'resource-id',
      `\${element(split(":", aws_db_proxy.${this.proxy.friendlyUniqueId}.arn), 6)}`,
    );
    const connectAs = (user: keyof DatabaseUsers) =>
      new IamPolicy(this, `connect-${user}`, {
        name: `${name}-connect-proxy-${user}`,
        description: `Log in to the proxy of the database ${name} as ${access.users[user]}`,
        policy: connectPolicy(this, [resourceId], access.users[user]),
      });
    return new Map(users.map((user) => [user, connectAs(user)]));
  }

  get writerEndpoint(): string {
    return this.proxy.endpoint;
  }

  get readerEndpoints(): string[] {
    return this.readOnlyEndpoint === undefined ? [] : [this.readOnlyEndpoint.endpoint];
  }
}

import { Construct } from 'constructs';
import { Access, type DatabaseUsers } from './access/access.ts';
import { AlertTopic } from './alerts/alert-topic.ts';
import { DatabaseEvents } from './alerts/database-events.ts';
import type { BackupSettings } from './backups/backup-settings.ts';
import type { Backups } from './backups/backups.ts';
import { environmentBackups } from './backups/environment-backups.ts';
import { Bastion } from './bastion/bastion.ts';
import { CostBudget } from './budget/cost-budget.ts';
import { clusterInPlaceOf } from './cluster/cluster-settings.ts';
import { PostgresCluster } from './cluster/postgres-cluster.ts';
import { PostgresInstance } from './database/postgres-instance.ts';
import { Dns } from './dns/dns.ts';
import { suppress } from './policy/suppress.ts';
import { Encryption } from './encryption.ts';
import type { EnvironmentNetwork } from './network/database-network.ts';
import { refuseFaults } from './faults.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { otherRegion } from './other-region.ts';
import { Proxy } from './proxy/proxy.ts';
import { ReplicaRegion } from './replica-region.ts';
import { addOutputs } from './stack/add-outputs.ts';
import { PasswordRotation } from './secrets/password-rotation.ts';
import type { EnvironmentSettings } from './environment-settings.ts';
import type { ProxySettings } from './proxy/proxy-settings.ts';

export interface DatabaseEnvironmentProps extends EnvironmentSettings {
  /** Prefix of every name, and identifier of the writer: `shop-production`. */
  readonly name: string;
  /** Database that RDS creates. */
  readonly databaseName: string;
  /** Names of availability zones, at least `network.zoneCount` of them: `['eu-west-1a', 'eu-west-1b']`. */
  readonly zones: readonly string[];
  /**
   * Addresses that receive alerts; their owners confirm once. The preset `production` has a finding without one.
   * Default none.
   */
  readonly alertEmails?: readonly string[];
  /** Database users who log in with IAM. Default `migrator`, `app`, `readonly`. */
  readonly users?: DatabaseUsers;
  /** A `CostBudget`, which alerts when the bill of a month exceeds it. Default: no budget. */
  readonly monthlyBudgetUsd?: number;
}

/**
 * A whole environment of one database, from one preset: key, network, database, access, proxy, bastion, DNS names,
 * alert topic, backups, rotation of the administrator's password, and replicas in other regions.
 *
 * Adds the outputs to the stack that docs/reference/infra.md lists: endpoints, ARNs, ids and names.
 *
 * @example
 * ```ts
 * const { database } = new DatabaseEnvironment(stack, 'billing', {
 *   ...environmentSettings('production'),
 *   name: 'billing-production',
 *   databaseName: 'billing',
 *   zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
 *   alertEmails: ['billing-oncall@example.com'],
 * });
 * ```
 */
export class DatabaseEnvironment extends Construct {
  readonly encryption: Encryption;
  /** A `Network`, or what was named of a VPC that exists. */
  readonly network: EnvironmentNetwork;
  readonly database: PostgresInstance | PostgresCluster;
  readonly access: Access;
  readonly alerts: AlertTopic;
  readonly proxy: Proxy | undefined;
  readonly bastion: Bastion | undefined;
  readonly dns: Dns | undefined;
  readonly backups: Backups | undefined;
  readonly rotation: PasswordRotation | undefined;
  readonly replicaRegions: readonly ReplicaRegion[];

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: DatabaseEnvironmentProps) {
    super(scope, id);
    const { name, logRetentionDays } = props;
    refuseFaults(`DatabaseEnvironment "${name}"`, [...regionFaults(props), ...proxyFaults(props)]);
    this.encryption = new Encryption(this, 'encryption', { name });
    const { encryption } = this;
    this.network = environmentNetwork(this, 'network', {
      settings: props.network,
      name,
      zones: props.zones,
      encryption,
      logRetentionDays,
    });
    this.database = this.#makeDatabase(props);
    const { network, database } = this;
    const { vpcId } = network;
    this.access = new Access(this, 'access', { name, vpcId, database, users: props.users });
    this.alerts = new AlertTopic(this, 'alerts', {
      name: `${name}-alerts`,
      encryption,
      emails: props.alertEmails,
    });
    const topicArn = this.alerts.arn;
    const { monthlyBudgetUsd } = props;
    if (monthlyBudgetUsd !== undefined) {
      new CostBudget(this, 'budget', { name, monthlyLimitUsd: monthlyBudgetUsd, topicArn });
    }
    if (props.proxy !== undefined) this.proxy = this.#makeProxy(props.proxy, props);
    if (props.bastion) this.bastion = this.#makeBastion(name);
    if (props.dns !== undefined) {
      this.dns = new Dns(this, 'dns', { ...props.dns, vpcId, database });
      addOutputs(this, { writer_name: this.dns.writerName, reader_name: this.dns.readerName });
    }
    new DatabaseEvents(this, 'events', { name, database, topicArn });
    if (props.backups !== false) this.backups = this.#makeBackups(props.backups, name);
    if (props.rotation !== false) {
      const { clientSecurityGroup } = this.access;
      const where = { database, network, clientSecurityGroup };
      this.rotation = new PasswordRotation(this, 'rotation', { ...props.rotation, ...where });
    }
    this.replicaRegions = this.#makeReplicas(props);
    for (const [ruleId, reason] of Object.entries(props.suppressions)) suppress(this, ruleId, reason);

    addOutputs(this, {
      writer_endpoint: database.writerEndpoint,
      reader_endpoints: database.readerEndpoints,
      port: database.port,
      database_name: props.databaseName,
      secret_arn: database.secretArn,
      database_security_group_id: database.securityGroup.id,
      client_security_group_id: this.access.clientSecurityGroup.id,
      private_subnet_ids: network.privateSubnetIds,
      alert_topic_arn: topicArn,
      key_arn: encryption.keyArn,
    });
  }

  #makeDatabase(props: DatabaseEnvironmentProps) {
    const { name, databaseName, logRetentionDays, cluster, crossRegionReplicas = [] } = props;
    // RDS refuses replicas in other regions, too, where it manages the password.
    const replicated = crossRegionReplicas.length > 0 ? ({ adminPassword: 'secrets-manager' } as const) : {};
    const database = { ...replicated, ...props.database };
    const { network, encryption } = this;
    const common = { name, databaseName, network, encryption, logRetentionDays };
    return cluster === undefined
      ? new PostgresInstance(this, 'database', { ...database, ...common })
      : new PostgresCluster(this, 'database', { ...clusterInPlaceOf(database, cluster), ...common });
  }

  #makeBastion(name: string): Bastion {
    const { network, encryption, access, database } = this;
    const { clientSecurityGroup } = access;
    const bastion = new Bastion(this, 'bastion', { name, network, encryption, clientSecurityGroup });
    const { writerEndpoint: host, port } = database;
    addOutputs(this, {
      bastion_session_command: bastion.sessionCommand({ host, port }),
      bastion_connect_policy_arn: bastion.connectPolicy.arn,
    });
    return bastion;
  }

  #makeBackups(settings: BackupSettings, name: string): Backups {
    const { database, encryption } = this;
    // Who gives up the protection of the database gives up that of its backups.
    const forceDestroy = !database.settings.deletionProtection;
    const props = { settings, name, database, encryption, forceDestroy };
    const backups = environmentBackups(this, 'backups', props);
    addOutputs(this, { backup_vault_arn: backups.vault.arn });
    return backups;
  }

  #makeReplicas({ name, crossRegionReplicas = [], users, alertEmails }: DatabaseEnvironmentProps) {
    const source = this.database;
    if (!(source instanceof PostgresInstance) || crossRegionReplicas.length === 0) return [];
    const replicas = crossRegionReplicas.map(({ region, ...settings }) => {
      const replicaName = `${name}-${region}`;
      const { place, encryption } = otherRegion(this, region, name);
      const common = { name: replicaName, source, encryption, users, alertEmails };
      return [region, new ReplicaRegion(place, 'replica', { ...settings, ...common })] as const;
    });
    addOutputs(this, {
      cross_region_endpoints: Object.fromEntries(
        replicas.map(([region, { replica }]) => [region, replica.writerEndpoint]),
      ),
    });
    return replicas.map(([, replica]) => replica);
  }

  #makeProxy(settings: ProxySettings, { name, logRetentionDays }: DatabaseEnvironmentProps): Proxy {
    const { network, encryption, database, access } = this;
    const common = { name, network, encryption, database, access, logRetentionDays };
    const proxy = new Proxy(this, 'proxy', { ...settings, ...common });
    addOutputs(this, {
      proxy_endpoint: proxy.writerEndpoint,
      proxy_reader_endpoints: proxy.readerEndpoints,
      proxy_port: proxy.port,
      proxy_secret_arns: Object.fromEntries([...proxy.secrets].map(([user, { arn }]) => [user, arn])),
    });
    return proxy;
  }
}

function regionFaults({ crossRegionReplicas = [], cluster }: DatabaseEnvironmentProps): (string | false)[] {
  const regions = crossRegionReplicas.map(({ region }) => region);
  return [
    regions.length > 0 &&
      cluster !== undefined &&
      'crossRegionReplicas are of an instance, and there is a cluster in its place',
    new Set(regions).size < regions.length &&
      `crossRegionReplicas names a region twice in ${regions.join(', ')}`,
  ];
}

function proxyFaults({ proxy, cluster, database }: DatabaseEnvironmentProps): (string | false)[] {
  if (proxy === undefined) return [];
  return [
    cluster === undefined &&
      database.blueGreen === true &&
      'database.blueGreen does not go with a proxy, which RDS would leave behind: leave one of them out',
    cluster?.mode === 'aurora' &&
      cluster.serverless?.minAcu === 0 &&
      'a proxy keeps connections open, so that a cluster with serverless.minAcu 0 would never pause: leave the proxy out, or set minAcu to 0.5',
  ];
}

import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Construct } from 'constructs';
import { serviceRole } from '../service-role.ts';
import { awsIdentity } from '../stack/aws-identity.ts';
import { type CompleteProps, completeProps } from './complete-props.ts';
import { DatabasePassword } from './database-password.ts';
import type { Database, EventSources } from './database.ts';
import { exportedLogGroups, exportedLogs, type LogGroups } from './exported-logs.ts';
import { parameterGroup } from './parameter-group.ts';
import type { PostgresInstanceProps } from './postgres-props.ts';

/**
 * RDS for PostgreSQL with safe defaults: Multi-AZ, encrypted, reachable by TLS only and from nowhere until
 * `Access` opens a way, its administrator's password made on AWS and never in the state, logs and insights on.
 *
 * `writer`, `replicas` and `parameterGroup` are the resources themselves: any other attribute can be set on them.
 */
export class PostgresInstance extends Construct implements Database {
  readonly writer: DbInstance;
  readonly replicas: readonly DbInstance[];
  readonly parameterGroup: DbParameterGroup;
  /** Has no rule of its own. */
  readonly securityGroup: SecurityGroup;
  /** The settings, with defaults filled in. */
  readonly settings: CompleteProps;
  /** Name of the PostgreSQL log group by identifier of the instance. It refers to the group, which is made first. */
  readonly logGroupNames: ReadonlyMap<string, string>;
  readonly #adminPassword: DatabasePassword | undefined;

  /** @throws UserError `infra-settings` with every setting that RDS would refuse */
  constructor(scope: Construct, id: string, given: PostgresInstanceProps) {
    super(scope, id);
    const props = completeProps(given);
    this.settings = props;
    const { name, storage } = props;
    const keyArn = props.encryption.keyArn;

    this.securityGroup = new SecurityGroup(this, 'security-group', {
      namePrefix: `${name}-database-`,
      description: `The database ${name}`,
      vpcId: props.network.vpcId,
      lifecycle: { createBeforeDestroy: true },
      tags: { Name: `${name}-database` },
    });
    const subnetGroup = new DbSubnetGroup(this, 'subnet-group', {
      name,
      description: `Database subnets of ${name}`,
      subnetIds: [...props.network.databaseSubnetIds],
    });
    this.parameterGroup = parameterGroup(this, 'parameter-group', props);
    if (props.replicas > 0) {
      this.#adminPassword = new DatabasePassword(this, 'admin', {
        name: `${name}-admin`,
        description: `Administrator of the database ${name}`,
        username: props.adminUsername,
        keyArn,
        version: props.adminPasswordVersion,
      });
    }
    const common = this.#commonConfig(props);
    const logGroups = this.#logGroups([name, ...this.replicaIdentifiers]);
    this.logGroupNames = new Map(
      [...logGroups].map(([identifier, { postgresql }]) => [identifier, postgresql.name]),
    );
    const logGroupsOf = (identifier: string) => Object.values(logGroups.get(identifier) ?? {});

    this.writer = new DbInstance(this, 'writer', {
      ...common,
      identifier: name,
      engine: 'postgres',
      // The major version alone: RDS takes minor versions by itself, and Terraform must not undo that.
      engineVersion: String(props.majorVersion),
      instanceClass: props.instanceClass,
      multiAz: props.multiAz,
      dbName: props.databaseName,
      dbSubnetGroupName: subnetGroup.name,
      username: props.adminUsername,
      ...this.#passwordConfig(props),
      kmsKeyId: keyArn,
      storageType: 'gp3',
      allocatedStorage: storage.allocatedGiB,
      iops: storage.iops,
      storageThroughput: storage.throughputMibps,
      backupRetentionPeriod: props.backupRetentionDays,
      backupWindow: props.backupWindow,
      skipFinalSnapshot: !props.finalSnapshot,
      finalSnapshotIdentifier: props.finalSnapshot ? `${name}-final` : undefined,
      deleteAutomatedBackups: !props.finalSnapshot,
      dependsOn: logGroupsOf(name),
    });

    this.replicas = this.replicaIdentifiers.map(
      (identifier, index) =>
        new DbInstance(this, `replica-${index + 1}`, {
          ...common,
          identifier,
          instanceClass: props.replicaInstanceClass,
          replicateSourceDb: this.writer.identifier,
          // RDS takes no final snapshot of a replica.
          skipFinalSnapshot: true,
          dependsOn: logGroupsOf(identifier),
        }),
    );
  }

  get name(): string {
    return this.settings.name;
  }

  get writerEndpoint(): string {
    return this.writer.address;
  }

  get readerEndpoints(): string[] {
    return this.replicas.map((replica) => replica.address);
  }

  get port(): number {
    return this.settings.port;
  }

  /** Secret with the administrator's `username` and `password`, as JSON. */
  get secretArn(): string {
    return this.#adminPassword?.secret.arn ?? this.writer.masterUserSecret.get(0).secretArn;
  }

  get resourceIds(): [string, ...string[]] {
    return [this.writer.resourceId, ...this.replicas.map((replica) => replica.resourceId)];
  }

  get instanceIdentifiers(): [string, ...string[]] {
    return [this.name, ...this.replicaIdentifiers];
  }

  get eventSources(): EventSources {
    return {
      'db-instance': [this.writer, ...this.replicas].map((instance) => instance.identifier),
      'db-parameter-group': [this.parameterGroup.name],
    };
  }

  get proxyTarget(): { dbInstanceIdentifier: string } {
    return { dbInstanceIdentifier: this.writer.identifier };
  }

  /** Identifiers of the replicas, as CloudWatch names them. */
  get replicaIdentifiers(): string[] {
    const { name, replicas } = this.settings;
    return Array.from({ length: replicas }, (_, index) => `${name}-replica-${index + 1}`);
  }

  #commonConfig(props: CompleteProps): Partial<DbInstanceConfig> {
    return {
      storageEncrypted: true,
      maxAllocatedStorage: props.storage.maxAllocatedGiB,
      port: props.port,
      publiclyAccessible: false,
      vpcSecurityGroupIds: [this.securityGroup.id],
      parameterGroupName: this.parameterGroup.name,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: props.caCertificate,
      autoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
      maintenanceWindow: props.maintenanceWindow,
      applyImmediately: props.applyImmediately,
      deletionProtection: props.deletionProtection,
      copyTagsToSnapshot: true,
      enabledCloudwatchLogsExports: [...exportedLogs],
      monitoringInterval: props.monitoringIntervalSeconds,
      monitoringRoleArn: this.#monitoringRoleArn(props.name),
      databaseInsightsMode: props.insights,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: props.encryption.keyArn,
      performanceInsightsRetentionPeriod: props.insights === 'advanced' ? 465 : 7,
    };
  }

  #passwordConfig({ encryption, adminPasswordVersion }: CompleteProps): Partial<DbInstanceConfig> {
    return this.#adminPassword === undefined
      ? { manageMasterUserPassword: true, masterUserSecretKmsKeyId: encryption.keyArn }
      : { passwordWo: this.#adminPassword.expression, passwordWoVersion: adminPasswordVersion };
  }

  #monitoringRoleArn(name: string): string {
    const role = serviceRole(this, 'monitoring-role', {
      name: `${name}-monitoring`,
      service: 'monitoring.rds.amazonaws.com',
    });
    new IamRolePolicyAttachment(this, 'monitoring-policy', {
      role: role.name,
      policyArn: `arn:${awsIdentity(this).partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
    });
    return role.arn;
  }

  #logGroups(identifiers: readonly string[]): ReadonlyMap<string, LogGroups> {
    const { encryption, logRetentionDays } = this.settings;
    return new Map(
      identifiers.map((identifier) => [
        identifier,
        exportedLogGroups(this, {
          identifier,
          keyArn: encryption.keyArn,
          retentionDays: logRetentionDays,
        }),
      ]),
    );
  }
}

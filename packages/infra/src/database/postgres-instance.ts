import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Construct } from 'constructs';
import { suppress } from '../policy/suppress.ts';
import { regionAround } from '../stack/region-around.ts';
import { type CompleteProps, completeProps } from './complete-props.ts';
import { DatabasePassword } from './database-password.ts';
import { databasePlace } from './database-place.ts';
import type { Database, EventSources } from './database.ts';
import { exportedLogGroups, type LogGroups } from './exported-logs.ts';
import { instanceConfig } from './instance-config.ts';
import { parameterGroup } from './parameter-group.ts';
import type { PostgresInstanceProps } from './postgres-props.ts';
import { restoreConfig } from './restore.ts';

/**
 * RDS for PostgreSQL with safe defaults: Multi-AZ, encrypted, reachable by TLS only and from nowhere until
 * `Access` opens a way, its administrator's password made on AWS and never in the state, logs and insights on.
 *
 * `writer`, `replicas` and `parameterGroup` are the resources themselves: any other attribute can be set on them.
 *
 * @example
 * ```ts
 * const encryption = new Encryption(stack, 'encryption', { name: 'billing' });
 * const zones = ['eu-west-1a', 'eu-west-1b'];
 * const database = new PostgresInstance(stack, 'database', {
 *   name: 'billing',
 *   network: new Network(stack, 'network', { name: 'billing', zones, encryption }),
 *   encryption,
 *   instanceClass: 'db.m7g.large',
 *   databaseName: 'billing',
 *   replicas: 1,
 * });
 * database.writer.dedicatedLogVolume = true; // any attribute of the provider
 * ```
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
  /** The administrator's password where Secrets Manager keeps it; undefined where RDS does. */
  readonly adminPassword: DatabasePassword | undefined;

  /** @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all. */
  constructor(scope: Construct, id: string, given: PostgresInstanceProps) {
    super(scope, id);
    const props = completeProps(given, regionAround(this));
    this.settings = props;
    const { name } = props;
    const keyArn = props.encryption.keyArn;

    const { securityGroup, subnetGroup } = databasePlace(this, props);
    this.securityGroup = securityGroup;
    this.parameterGroup = parameterGroup(this, 'parameter-group', props);
    if (props.adminPassword === 'secrets-manager') {
      this.adminPassword = new DatabasePassword(this, 'admin', {
        name: `${name}-admin`,
        description: `Administrator of the database ${name}`,
        username: props.adminUsername,
        keyArn,
        version: props.adminPasswordVersion,
      });
    }
    const common = instanceConfig(this, props, {
      name,
      keyArn,
      securityGroup,
      parameterGroup: this.parameterGroup,
    });
    const logGroups = this.#logGroups([name, ...this.replicaIdentifiers]);
    this.logGroupNames = new Map(
      [...logGroups].map(([identifier, { postgresql }]) => [identifier, postgresql.name]),
    );
    const dependsOn = (identifier: string) => Object.values(logGroups.get(identifier) ?? {});
    this.writer = this.#makeWriter({
      ...common,
      dbSubnetGroupName: subnetGroup.name,
      dependsOn: dependsOn(name),
    });
    this.replicas = this.replicaIdentifiers.map((identifier, index) =>
      this.#makeReplica(`replica-${index + 1}`, { ...common, identifier, dependsOn: dependsOn(identifier) }),
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
    return this.adminPassword?.secret.arn ?? this.writer.masterUserSecret.get(0).secretArn;
  }

  get arn(): string {
    return this.writer.arn;
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

  #makeWriter(common: Partial<DbInstanceConfig>): DbInstance {
    const props = this.settings;
    const { name, storage } = props;
    const writer = new DbInstance(this, 'writer', {
      ...common,
      identifier: name,
      engine: 'postgres',
      ...this.#originConfig(props),
      instanceClass: props.instanceClass,
      multiAz: props.multiAz,
      ...this.#passwordConfig(props),
      storageType: 'gp3',
      allocatedStorage: storage.allocatedGib,
      iops: storage.iops,
      storageThroughput: storage.throughputMibps,
      backupRetentionPeriod: props.backupRetentionDays,
      backupWindow: props.backupWindow,
      skipFinalSnapshot: !props.finalSnapshot,
      finalSnapshotIdentifier: props.finalSnapshot ? `${name}-final` : undefined,
      deleteAutomatedBackups: !props.finalSnapshot,
      blueGreenUpdate: props.blueGreen ? { enabled: true } : undefined,
      // They matter only at creation, and Terraform would replace the database for a change of them.
      lifecycle: { ignoreChanges: ['snapshot_identifier', 'restore_to_point_in_time'] },
    });
    if (props.restore !== undefined) {
      const reason = 'RDS restores with the key of the source, and takes no other.';
      suppress(writer, 'rds-customer-key', reason);
    }
    return writer;
  }

  #makeReplica(id: string, common: Partial<DbInstanceConfig>): DbInstance {
    const replica = new DbInstance(this, id, {
      ...common,
      instanceClass: this.settings.replicaInstanceClass,
      replicateSourceDb: this.writer.identifier,
      // RDS takes no final snapshot of a replica.
      skipFinalSnapshot: true,
    });
    suppress(replica, 'rds-multi-az', 'Its source has the standby, and other replicas take its readers.');
    return replica;
  }

  /** What a new database is made with. A restored one has it from its source: naming it again would replace it. */
  #originConfig(props: CompleteProps): Partial<DbInstanceConfig> {
    if (props.restore !== undefined) return restoreConfig(props.restore);
    return {
      // The major version alone: RDS takes minor versions by itself, and Terraform must not undo that.
      engineVersion: String(props.majorVersion),
      dbName: props.databaseName,
      username: props.adminUsername,
      kmsKeyId: props.encryption.keyArn,
    };
  }

  #passwordConfig({ encryption, adminPasswordVersion }: CompleteProps): Partial<DbInstanceConfig> {
    return this.adminPassword === undefined
      ? { manageMasterUserPassword: true, masterUserSecretKmsKeyId: encryption.keyArn }
      : { passwordWo: this.adminPassword.expression, passwordWoVersion: adminPasswordVersion };
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

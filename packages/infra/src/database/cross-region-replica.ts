import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Construct } from 'constructs';
import { nameFault, refuseFaults } from '../faults.ts';
import type { DatabaseNetwork } from '../network/database-network.ts';
import { suppress } from '../policy/suppress.ts';
import { type ReplicaSettings, replicaSettings } from '../replica-settings.ts';
import { settingsFaults } from '../settings-faults.ts';
import { AwsRegion } from '../stack/aws-region.ts';
import { regionAround } from '../stack/region-around.ts';
import { classFault } from './class-fault.ts';
import { databasePlace } from './database-place.ts';
import type { Database, EventSources } from './database.ts';
import { exportedLogGroups } from './exported-logs.ts';
import { instanceConfig } from './instance-config.ts';
import { parameterGroup } from './parameter-group.ts';
import type { PostgresInstance } from './postgres-instance.ts';

export interface CrossRegionReplicaProps extends ReplicaSettings {
  /** Identifier of the DB instance, and prefix of the names around it: not those of the source. */
  readonly name: string;
  /** Its `adminPassword` must be `secrets-manager`, and it must have backups. */
  readonly source: PostgresInstance;
  /** Network in the replica's region. */
  readonly network: DatabaseNetwork;
  /** Key in the replica's region. */
  readonly encryption: { readonly keyArn: string };
}

/**
 * A read replica in another region than its source, to go on from when the source's region is lost. It belongs below
 * an {@link AwsRegion}. Ports, parameters, windows, insights and deletion protection are those of the source.
 */
export class CrossRegionReplica extends Construct implements Database {
  readonly instance: DbInstance;
  readonly parameterGroup: DbParameterGroup;
  readonly securityGroup: SecurityGroup;
  readonly name: string;
  readonly logGroupNames: ReadonlyMap<string, string>;
  readonly #source: PostgresInstance;

  /** @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all. */
  constructor(scope: Construct, id: string, props: CrossRegionReplicaProps) {
    super(scope, id);
    const { name, source, network, promoted = false, backupRetentionDays = 7 } = props;
    const { keyArn } = props.encryption;
    const { settings } = source;
    const { instanceClass = settings.instanceClass } = props;
    refuseFaults(`CrossRegionReplica "${name}"`, [
      AwsRegion.around(this) === AwsRegion.around(source) &&
        'it is in the region of its source: make it below stack.inRegion(region)',
      nameFault(name, 50),
      classFault('instanceClass', instanceClass, { engine: 'postgres', region: regionAround(this) }),
      source.adminPassword === undefined &&
        'RDS manages the password of its source, and then refuses replicas: set adminPassword to "secrets-manager" there',
      settings.backupRetentionDays === 0 && 'its source has no backups (set backupRetentionDays)',
      settings.blueGreen && 'blueGreen of its source would leave it behind the old instance: set it to false',
      ...settingsFaults(replicaSettings, props),
    ]);
    this.name = name;
    this.#source = source;
    const { securityGroup, subnetGroup } = databasePlace(this, { name, network });
    this.securityGroup = securityGroup;
    // A standby needs no less of anything than its source, whatever its class.
    this.parameterGroup = parameterGroup(this, 'parameter-group', { ...settings, name });
    const logs = exportedLogGroups(this, {
      identifier: name,
      keyArn,
      retentionDays: settings.logRetentionDays,
    });
    this.logGroupNames = new Map([[name, logs.postgresql.name]]);
    const finalSnapshot = promoted && settings.finalSnapshot;
    this.instance = new DbInstance(this, 'instance', {
      ...instanceConfig(this, settings, {
        name,
        keyArn,
        securityGroup,
        parameterGroup: this.parameterGroup,
      }),
      identifier: name,
      instanceClass,
      replicateSourceDb: promoted ? undefined : source.arn,
      kmsKeyId: keyArn,
      dbSubnetGroupName: subnetGroup.name,
      multiAz: props.multiAz ?? false,
      backupRetentionPeriod: backupRetentionDays,
      backupWindow: settings.backupWindow,
      // RDS takes no final snapshot of a replica.
      skipFinalSnapshot: !finalSnapshot,
      finalSnapshotIdentifier: finalSnapshot ? `${name}-final` : undefined,
      dependsOn: Object.values(logs),
    });
    if (!promoted) suppress(this.instance, 'rds-multi-az', 'It is a copy: its source has the standby.');
  }

  get arn(): string {
    return this.instance.arn;
  }

  get port(): number {
    return this.#source.port;
  }

  /** It takes writes once it is promoted. */
  get writerEndpoint(): string {
    return this.instance.address;
  }

  get readerEndpoints(): string[] {
    return [];
  }

  /** The source's, which lies in the source's region. */
  get secretArn(): string {
    return this.#source.secretArn;
  }

  get resourceIds(): [string] {
    return [this.instance.resourceId];
  }

  get instanceIdentifiers(): [string] {
    return [this.name];
  }

  get eventSources(): EventSources {
    return {
      'db-instance': [this.instance.identifier],
      'db-parameter-group': [this.parameterGroup.name],
    };
  }

  get proxyTarget(): { dbInstanceIdentifier: string } {
    return { dbInstanceIdentifier: this.instance.identifier };
  }
}

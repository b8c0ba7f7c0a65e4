import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance/index.js';
import type { RdsClusterParameterGroup } from '@cdktf/provider-aws/lib/rds-cluster-parameter-group/index.js';
import { RdsCluster } from '@cdktf/provider-aws/lib/rds-cluster/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Construct } from 'constructs';
import { databasePlace } from '../database/database-place.ts';
import type { Database, EventSources } from '../database/database.ts';
import { monitoringRoleArn } from '../database/monitoring-role.ts';
import { regionAround } from '../stack/region-around.ts';
import {
  auroraConfig,
  auroraInstanceConfig,
  clusterLogs,
  commonConfig,
  multiAzConfig,
} from './cluster-config.ts';
import { clusterParameterGroup, instanceParameterGroup } from './cluster-parameters.ts';
import {
  type CompleteAurora,
  type CompleteCluster,
  completeCluster,
  type PostgresClusterProps,
} from './complete-cluster.ts';
import { readerScaling } from './reader-scaling.ts';

/**
 * PostgreSQL on more than one machine, with the safe defaults and the outputs of `PostgresInstance`: a Multi-AZ DB
 * cluster (`mode: 'multi-az'`) or Aurora PostgreSQL (`mode: 'aurora'`).
 *
 * RDS makes, keeps and rotates the administrator's password. `cluster`, `instances`, `parameterGroup` and
 * `instanceParameterGroup` are the resources themselves: any other attribute can be set on them.
 */
export class PostgresCluster extends Construct implements Database {
  readonly cluster: RdsCluster;
  /** Aurora's instances, the writer first. Empty for a Multi-AZ DB cluster, whose instances RDS makes. */
  readonly instances: readonly RdsClusterInstance[];
  readonly parameterGroup: RdsClusterParameterGroup;
  /** Of Aurora's instances. */
  readonly instanceParameterGroup: DbParameterGroup | undefined;
  /** Has no rule of its own. */
  readonly securityGroup: SecurityGroup;
  /** The settings, with defaults filled in. */
  readonly settings: CompleteCluster;
  /** Name of the PostgreSQL log group, by the cluster's identifier. All instances write to the one group. */
  readonly logGroupNames: ReadonlyMap<string, string>;

  /** @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all. */
  constructor(scope: Construct, id: string, given: PostgresClusterProps) {
    super(scope, id);
    const props = completeCluster(given, regionAround(this));
    this.settings = props;
    const { securityGroup, subnetGroup } = databasePlace(this, props);
    this.securityGroup = securityGroup;
    this.parameterGroup = clusterParameterGroup(this, props);
    const monitoringRole = monitoringRoleArn(this, props.name);
    const logGroups = this.#logGroups();
    this.logGroupNames = new Map([[props.name, logGroups.postgresql.name]]);

    this.cluster = new RdsCluster(this, 'cluster', {
      ...commonConfig(props),
      ...(props.mode === 'aurora' ? auroraConfig(props) : multiAzConfig(props, monitoringRole)),
      dbSubnetGroupName: subnetGroup.name,
      vpcSecurityGroupIds: [securityGroup.id],
      dbClusterParameterGroupName: this.parameterGroup.name,
      dependsOn: logGroups.all,
    });
    if (props.mode === 'aurora') {
      this.instanceParameterGroup = instanceParameterGroup(this, props);
      this.instances = this.#auroraInstances(props, this.instanceParameterGroup, monitoringRole);
    } else {
      this.instances = [];
    }
  }

  get arn(): string {
    return this.cluster.arn;
  }

  get name(): string {
    return this.settings.name;
  }

  get writerEndpoint(): string {
    return this.cluster.endpoint;
  }

  /** One name for all readers. Of an Aurora cluster without readers it leads to the writer. */
  get readerEndpoints(): string[] {
    return [this.cluster.readerEndpoint];
  }

  get port(): number {
    return this.settings.port;
  }

  get secretArn(): string {
    return this.cluster.masterUserSecret.get(0).secretArn;
  }

  /** A cluster has one for all of its instances. */
  get resourceIds(): [string] {
    return [this.cluster.clusterResourceId];
  }

  /** Those of a Multi-AZ DB cluster, which RDS names, are references. Readers that Aurora adds by load are left out. */
  get instanceIdentifiers(): [string, ...string[]] {
    const [writer, ...readers] = this.instances.map(({ identifierInput }) => identifierInput ?? '');
    if (writer !== undefined) return [writer, ...readers];
    const member = (index: number) =>
      `\${sort(aws_rds_cluster.${this.cluster.friendlyUniqueId}.cluster_members)[${index}]}`;
    return [member(0), member(1), member(2)];
  }

  get eventSources(): EventSources {
    return {
      'db-cluster': [this.cluster.clusterIdentifier],
      ...(this.instanceParameterGroup && {
        'db-instance': this.instances.map((instance) => instance.identifier),
        'db-parameter-group': [this.instanceParameterGroup.name],
      }),
    };
  }

  get proxyTarget(): { dbClusterIdentifier: string } {
    return { dbClusterIdentifier: this.cluster.clusterIdentifier };
  }

  #auroraInstances(
    props: CompleteAurora,
    parameters: DbParameterGroup,
    monitoringRole: string,
  ): readonly RdsClusterInstance[] {
    const instances: RdsClusterInstance[] = [];
    for (let index = 0; index <= props.readers; index += 1) {
      const [writer] = instances;
      const id = writer === undefined ? 'writer' : `reader-${index}`;
      instances.push(
        new RdsClusterInstance(this, id, {
          ...auroraInstanceConfig(props, index, monitoringRole),
          clusterIdentifier: this.cluster.clusterIdentifier,
          dbParameterGroupName: parameters.name,
          // The instance that Aurora makes first is the writer.
          dependsOn: writer === undefined ? undefined : [writer],
        }),
      );
    }
    if (props.readerScaling !== undefined) {
      const { name, readers, readerScaling: scaling } = props;
      readerScaling(this, { name, cluster: this.cluster, instances, minReaders: readers, scaling });
    }
    return instances;
  }

  /** RDS writes to groups of these names; those that it makes itself have neither our key nor an end. */
  #logGroups(): { postgresql: CloudwatchLogGroup; all: CloudwatchLogGroup[] } {
    const { mode, name, encryption, logRetentionDays } = this.settings;
    const group = (log: string) =>
      new CloudwatchLogGroup(this, `logs-${log}`, {
        name: `/aws/rds/cluster/${name}/${log}`,
        retentionInDays: logRetentionDays,
        kmsKeyId: encryption.keyArn,
      });
    const postgresql = group('postgresql');
    const others = clusterLogs[mode].filter((log) => log !== 'postgresql').map(group);
    return { postgresql, all: [postgresql, ...others] };
  }
}

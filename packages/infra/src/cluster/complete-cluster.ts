import { classFault } from '../database/class-fault.ts';
import { commonDefaults, commonFaults } from '../database/complete-props.ts';
import {
  defaultMaxConnections,
  maxConnectionsCeiling,
  maxConnectionsFault,
} from '../database/max-connections.ts';
import type { DatabaseSite } from '../database/postgres-props.ts';
import { refuseFaults } from '../faults.ts';
import { settingsFaults } from '../settings-faults.ts';
import { type AuroraCapacity, auroraFaults, completeAurora } from './aurora-capacity.ts';
import {
  type AuroraSettings,
  auroraSettings,
  type MultiAzSettings,
  multiAzSettings,
  type ServerlessSettings,
} from './cluster-settings.ts';
import { type ClusterStorage, clusterStorageFaults, completeClusterStorage } from './cluster-storage.ts';

export type MultiAzClusterProps = DatabaseSite & MultiAzSettings;
export type AuroraClusterProps = DatabaseSite & AuroraSettings;
export type PostgresClusterProps = MultiAzClusterProps | AuroraClusterProps;

type Common = Required<Omit<MultiAzClusterProps, 'mode' | 'instanceClass' | 'storage' | 'maxConnections'>>;

export interface CompleteMultiAz extends Common {
  readonly mode: 'multi-az';
  readonly instanceClass: string;
  readonly storage: ClusterStorage;
  readonly maxConnections: number;
}

export interface CompleteAurora extends Common, AuroraCapacity {
  readonly mode: 'aurora';
  readonly serverless: ServerlessSettings | undefined;
  readonly storageType: 'aurora' | 'aurora-iopt1';
  readonly autoMinorVersionUpgrade: boolean;
}

export type CompleteCluster = CompleteMultiAz | CompleteAurora;

/**
 * Fills in the defaults.
 *
 * @param region in which the class has to be offered; undefined where it is not known
 * @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all.
 */
export function completeCluster(given: PostgresClusterProps, region: string | undefined): CompleteCluster {
  const props = given.mode === 'aurora' ? completeAuroraProps(given) : completeMultiAz(given);
  refuseFaults(`PostgresCluster "${props.name}"`, [
    ...settingsFaults(given.mode === 'aurora' ? auroraSettings : multiAzSettings, given),
    ...commonFaults(props),
    ...(props.mode === 'aurora' ? auroraFaults(props, region) : multiAzFaults(props, region)),
  ]);
  return props;
}

/**
 * PostgreSQL 18 is on Aurora since June 2026 (18.3); for Multi-AZ DB clusters AWS's table of versions was seen with 17
 * as the latest.
 */
const defaultMajorVersion = { aurora: 18, 'multi-az': 17 };

function completeCommon(given: PostgresClusterProps): Common {
  const { name, network, encryption, databaseName } = given;
  return {
    name,
    network,
    encryption,
    databaseName,
    majorVersion: given.majorVersion ?? defaultMajorVersion[given.mode],
    ...commonDefaults(given),
  };
}

function completeMultiAz(given: MultiAzClusterProps): CompleteMultiAz {
  return {
    ...completeCommon(given),
    mode: 'multi-az',
    instanceClass: given.instanceClass,
    storage: completeClusterStorage(given.storage),
    maxConnections: given.maxConnections ?? defaultMaxConnections(given.instanceClass) ?? 0,
  };
}

function completeAuroraProps(given: AuroraClusterProps): CompleteAurora {
  return {
    ...completeCommon(given),
    ...completeAurora(given),
    mode: 'aurora',
    serverless: given.serverless,
    storageType: given.storageType ?? 'aurora',
    autoMinorVersionUpgrade: given.autoMinorVersionUpgrade ?? true,
  };
}

function multiAzFaults(props: CompleteMultiAz, region: string | undefined): (string | false)[] {
  const { instanceClass, maxConnections, network } = props;
  const zones = network.databaseSubnetIds.length;
  return [
    zones < 3 && `a Multi-AZ cluster needs subnets in 3 zones and the network has ${zones}`,
    classFault('instanceClass', instanceClass, { engine: 'postgres-cluster', region }),
    maxConnectionsFault(maxConnections, maxConnectionsCeiling(instanceClass), `${instanceClass} has`),
    ...clusterStorageFaults(props.storage),
  ];
}

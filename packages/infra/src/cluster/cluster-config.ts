import type { RdsClusterInstanceConfig } from '@cdktf/provider-aws/lib/rds-cluster-instance/index.js';
import type { RdsClusterConfig } from '@cdktf/provider-aws/lib/rds-cluster/index.js';
import type { CompleteAurora, CompleteCluster, CompleteMultiAz } from './complete-cluster.ts';

/** The logs that each kind of cluster exports. */
export const clusterLogs = { 'multi-az': ['postgresql', 'upgrade'], aurora: ['postgresql'] } as const;

/** What both kinds of cluster are made with, save for what refers to other resources. */
export function commonConfig(props: CompleteCluster) {
  const { name, encryption, finalSnapshot } = props;
  return {
    clusterIdentifier: name,
    // The major version alone: RDS takes minor versions by itself, and Terraform must not undo that.
    engineVersion: String(props.majorVersion),
    databaseName: props.databaseName,
    port: props.port,
    masterUsername: props.adminUsername,
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: encryption.keyArn,
    iamDatabaseAuthenticationEnabled: true,
    storageEncrypted: true,
    kmsKeyId: encryption.keyArn,
    backupRetentionPeriod: props.backupRetentionDays,
    preferredBackupWindow: props.backupWindow,
    preferredMaintenanceWindow: props.maintenanceWindow,
    deletionProtection: props.deletionProtection,
    skipFinalSnapshot: !finalSnapshot,
    finalSnapshotIdentifier: finalSnapshot ? `${name}-final` : undefined,
    copyTagsToSnapshot: true,
    enabledCloudwatchLogsExports: [...clusterLogs[props.mode]],
    databaseInsightsMode: props.insights,
    ...insightsConfig(props),
    applyImmediately: props.applyImmediately,
  } satisfies Partial<RdsClusterConfig>;
}

export function multiAzConfig(props: CompleteMultiAz, monitoringRoleArn: string) {
  const { storage } = props;
  return {
    engine: 'postgres',
    dbClusterInstanceClass: props.instanceClass,
    storageType: storage.type,
    allocatedStorage: storage.allocatedGib,
    iops: storage.iops,
    caCertificateIdentifier: props.caCertificate,
    monitoringInterval: props.monitoringIntervalSeconds,
    monitoringRoleArn,
  } satisfies Partial<RdsClusterConfig>;
}

export function auroraConfig(props: CompleteAurora) {
  const { serverless } = props;
  return {
    engine: 'aurora-postgresql',
    // Aurora's standard storage has no name in Terraform.
    storageType: props.storageType === 'aurora' ? undefined : props.storageType,
    deleteAutomatedBackups: !props.finalSnapshot,
    serverlessv2ScalingConfiguration: serverless && {
      minCapacity: serverless.minAcu,
      maxCapacity: serverless.maxAcu,
      secondsUntilAutoPause: serverless.minAcu === 0 ? (serverless.pauseAfterSeconds ?? 300) : undefined,
    },
  } satisfies Partial<RdsClusterConfig>;
}

/** An instance of Aurora. The first is made as the writer; the others take over from it in their order. */
export function auroraInstanceConfig(props: CompleteAurora, index: number, monitoringRoleArn: string) {
  return {
    identifier: `${props.name}-${index + 1}`,
    engine: 'aurora-postgresql',
    instanceClass: props.instanceClass,
    promotionTier: index,
    publiclyAccessible: false,
    caCertIdentifier: props.caCertificate,
    autoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
    preferredMaintenanceWindow: props.maintenanceWindow,
    copyTagsToSnapshot: true,
    monitoringInterval: props.monitoringIntervalSeconds,
    monitoringRoleArn,
    ...insightsConfig(props),
    applyImmediately: props.applyImmediately,
  } satisfies Partial<RdsClusterInstanceConfig>;
}

function insightsConfig({ encryption, insights }: CompleteCluster) {
  return {
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: encryption.keyArn,
    performanceInsightsRetentionPeriod: insights === 'advanced' ? 465 : 7,
  };
}

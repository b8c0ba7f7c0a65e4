import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import type { Construct } from 'constructs';
import type { CompleteProps } from './complete-props.ts';
import { exportedLogs } from './exported-logs.ts';
import { monitoringRoleArn } from './monitoring-role.ts';

export interface InstanceSurroundings {
  /** Prefix of the role for enhanced monitoring. */
  readonly name: string;
  /** Key of the insights. */
  readonly keyArn: string;
  readonly securityGroup: SecurityGroup;
  readonly parameterGroup: DbParameterGroup;
}

/** What a writer and its replicas have in common, wherever they are. Makes the role for enhanced monitoring. */
export function instanceConfig(
  scope: Construct,
  props: CompleteProps,
  { name, keyArn, securityGroup, parameterGroup }: InstanceSurroundings,
): Partial<DbInstanceConfig> {
  return {
    storageEncrypted: true,
    maxAllocatedStorage: props.storage.maxAllocatedGib,
    port: props.port,
    publiclyAccessible: false,
    vpcSecurityGroupIds: [securityGroup.id],
    parameterGroupName: parameterGroup.name,
    iamDatabaseAuthenticationEnabled: true,
    caCertIdentifier: props.caCertificate,
    autoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
    maintenanceWindow: props.maintenanceWindow,
    applyImmediately: props.applyImmediately,
    deletionProtection: props.deletionProtection,
    copyTagsToSnapshot: true,
    enabledCloudwatchLogsExports: [...exportedLogs],
    monitoringInterval: props.monitoringIntervalSeconds,
    monitoringRoleArn: monitoringRoleArn(scope, name),
    databaseInsightsMode: props.insights,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keyArn,
    performanceInsightsRetentionPeriod: props.insights === 'advanced' ? 465 : 7,
  };
}

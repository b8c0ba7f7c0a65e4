import { type AlarmDefinition, alarmDefinitions } from '@ecommerce-dms/alarms';
import { defaultMaxConnections, environmentSettings } from '@ecommerce-dms/infra';
import type { AwsSettings } from '../config/schema.ts';

/** The alarms of an environment's instances. */
export interface AlarmPlan {
  writer: AlarmDefinition[];
  /** The same for each replica. */
  replica: AlarmDefinition[];
}

/**
 * Derives the alarms from the environment's settings.
 * @param maxConnections what the servers really have; default: what the stack sets
 */
export function alarmPlan(aws: AwsSettings, maxConnections?: number): AlarmPlan {
  const { database } = environmentSettings(aws.preset, aws);
  const allocatedStorageGib = database.storage?.allocatedGiB ?? 20;
  const forInstance = (instanceClass: string, replica: boolean): AlarmDefinition[] =>
    alarmDefinitions({
      instanceClass,
      allocatedStorageGib,
      maxConnections:
        maxConnections ?? database.maxConnections ?? defaultMaxConnections(instanceClass) ?? 100,
      replica,
      multiAz: database.multiAz ?? true,
      logExports: true,
    });
  return {
    writer: forInstance(database.instanceClass, false),
    replica: forInstance(database.replicaInstanceClass ?? database.instanceClass, true),
  };
}

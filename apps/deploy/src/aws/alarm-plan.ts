import { type AlarmDefinition, alarmDefinitions, underivableAlarms } from '@ecommerce-dms/alarms';
import { defaultMaxConnections, type EnvironmentSettings } from '@ecommerce-dms/infra/settings';

/** What `PostgresInstance` allocates by default. */
const defaultStorageGib = 100;

/** The alarms of an environment's instances. */
export interface AlarmPlan {
  writer: AlarmDefinition[];
  /** The same for each replica. */
  replica: AlarmDefinition[];
}

/**
 * Derives the alarms from the settings of an environment's database, without those that follow from a figure of the
 * class that no source has.
 * @param options.maxConnections what the servers really have; default: what the stack sets
 * @param options.worker whether somebody runs a worker; default: no
 */
export function alarmPlan(
  database: EnvironmentSettings['database'],
  { maxConnections, worker = false }: { maxConnections?: number | undefined; worker?: boolean } = {},
): AlarmPlan {
  const { instanceClass, replicaInstanceClass = instanceClass } = database;
  const forInstance = (ofClass: string, replica: boolean): AlarmDefinition[] =>
    alarmDefinitions({
      instanceClass: ofClass,
      allocatedStorageGib: database.storage?.allocatedGib ?? defaultStorageGib,
      maxConnections:
        maxConnections ?? database.maxConnections ?? defaultMaxConnections(instanceClass) ?? NaN,
      replica,
      multiAz: database.multiAz ?? true,
      logExports: true,
      worker,
      overrides: Object.fromEntries(underivableAlarms(ofClass).map((id) => [id, false])),
    });
  return { writer: forInstance(instanceClass, false), replica: forInstance(replicaInstanceClass, true) };
}

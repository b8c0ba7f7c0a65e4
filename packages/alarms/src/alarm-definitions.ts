import { UserError } from '@ecommerce-dms/errors';
import type { AlarmDefinition } from './alarm-definition.ts';
import type { AlarmOverride, AlarmSettings } from './alarm-settings.ts';
import { definitionFaults } from './check-definition.ts';
import { instanceFaults, overrideFaults } from './check-settings.ts';
import { computeAlarms } from './definitions/compute.ts';
import { type InstanceAlarm, usual } from './definitions/instance-alarm.ts';
import { connectionAlarms, writerAlarms } from './definitions/postgresql.ts';
import { replicaAlarms } from './definitions/replication.ts';
import { storagePerformanceAlarms } from './definitions/storage-performance.ts';
import { storageSpaceAlarms } from './definitions/storage-space.ts';
import { describeInstance } from './instance.ts';

/**
 * The alarms of one database instance, with thresholds that follow from its class, storage and settings. Each can
 * fire and can clear (see `reachabilityFaults`), overrides included.
 *
 * @throws UserError `invalid-settings`: for wrong settings or overrides, with every fault at once
 * @example
 * ```ts
 * import { alarmDefinitions } from '@ecommerce-dms/alarms';
 *
 * const definitions = alarmDefinitions({
 *   instanceClass: 'db.t4g.medium',
 *   allocatedStorageGib: 100,
 *   maxConnections: 200,
 * });
 * for (const { id, severity } of definitions) console.log(id, severity);
 * ```
 */
export function alarmDefinitions(settings: AlarmSettings): AlarmDefinition[] {
  const faults = instanceFaults(settings);
  const definitions = faults.length === 0 ? derive(settings) : [];
  faults.push(...overrideFaults(settings.overrides ?? {}));
  for (const definition of definitions) {
    faults.push(...definitionFaults(definition).map((fault) => `Alarm ${definition.id}: ${fault}`));
  }
  if (faults.length === 0) return definitions;
  throw new UserError('invalid-settings', `The alarm settings have faults:\n- ${faults.join('\n- ')}`, {
    hint: 'Correct the settings that are named above.',
  });
}

function derive(settings: AlarmSettings): AlarmDefinition[] {
  const instance = describeInstance(settings);
  const alarms: InstanceAlarm[] = [
    ...computeAlarms(instance),
    ...connectionAlarms(instance),
    ...storageSpaceAlarms(instance),
    ...storagePerformanceAlarms(instance),
    ...(instance.role === 'writer' ? writerAlarms(instance) : replicaAlarms()),
  ];
  return alarms.flatMap((alarm): AlarmDefinition[] => {
    const override = settings.overrides?.[alarm.id];
    if (override === false) return [];
    const definition = {
      ...usual,
      datapointsToAlarm: alarm.evaluationPeriods,
      ...alarm,
      role: instance.role,
    };
    return [override === undefined ? definition : overridden(definition, override)];
  });
}

function overridden(definition: AlarmDefinition, override: AlarmOverride): AlarmDefinition {
  const threshold = override.threshold;
  if (threshold === undefined || threshold === definition.threshold) return { ...definition, ...override };
  const derivation = `Set to ${threshold} for this environment; ${definition.threshold} by default: ${definition.derivation}`;
  return { ...definition, ...override, derivation };
}

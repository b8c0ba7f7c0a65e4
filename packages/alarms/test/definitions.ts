import { alarmDefinitions, type AlarmDefinition, type AlarmId } from '../src/index.ts';
import { medium } from './instances.ts';

// Little storage, so that a small test database can exceed a share of it.
const instance = { ...medium, allocatedStorageGib: 20, maxConnections: 100 };
export const writerDefinitions = alarmDefinitions({ ...instance, logExports: true, worker: true });
export const replicaDefinitions = alarmDefinitions({ ...instance, replica: true });

/** One alarm with another threshold, which a small test database can reach. */
export function withThreshold(
  definitions: readonly AlarmDefinition[],
  id: AlarmId,
  threshold: number,
): AlarmDefinition[] {
  return definitions.filter((definition) => definition.id === id).map((alarm) => ({ ...alarm, threshold }));
}

import { instanceClass } from '@ecommerce-dms/rds-classes';
import type { AlarmId } from './alarm-definition.ts';

/** The alarms whose thresholds follow from each figure of a class. */
const alarmsByFigure = {
  vcpus: ['db-load'],
  memoryGib: ['freeable-memory', 'swap-usage'],
  ebs: ['disk-queue-depth', 'iops', 'throughput', 'ebs-io-balance', 'ebs-byte-balance'],
} as const satisfies Readonly<Record<string, readonly AlarmId[]>>;

/**
 * The alarms that can't be derived for a class, because no source has the figure that their thresholds follow from.
 * `alarmDefinitions` wants each of them set to `false` in the overrides.
 *
 * @returns an empty list for a class that does not exist
 */
export function underivableAlarms(className: string): AlarmId[] {
  const known = instanceClass(className);
  if (known === undefined) return [];
  const { vcpus, memoryGib, ebs } = known;
  return [
    ...(vcpus === undefined ? alarmsByFigure.vcpus : []),
    ...(memoryGib === undefined ? alarmsByFigure.memoryGib : []),
    ...(ebs === undefined ? alarmsByFigure.ebs : []),
  ];
}

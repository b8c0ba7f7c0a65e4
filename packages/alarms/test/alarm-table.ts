import { formatThreshold } from '../src/format-value.ts';
import { alarmDefinitions, type AlarmSettings } from '../src/index.ts';
import { medium } from './instances.ts';

const settings: AlarmSettings = { ...medium, storageType: 'gp2', logExports: true, worker: true };

/** The rows of the reference's table of alarms: those of a writer, then those that only a replica has. */
export function alarmRows(): string[][] {
  const writer = alarmDefinitions(settings);
  const replica = alarmDefinitions({ ...settings, replica: true });
  const onlyReplica = replica.filter(({ id }) => !writer.some((definition) => definition.id === id));
  return [...writer, ...onlyReplica].map((definition) => {
    const { id, metrics, statistic, periodSeconds, severity, derivation } = definition;
    return [
      `\`${id}\``,
      `${metrics.join(' + ')} (${statistic}) ${formatThreshold(definition)}`,
      `${definition.datapointsToAlarm} of ${definition.evaluationPeriods} x ${periodSeconds / 60} min`,
      severity,
      derivation,
    ];
  });
}

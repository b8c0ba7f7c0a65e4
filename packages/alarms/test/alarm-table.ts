import { formatThreshold } from '../src/format-value.ts';
import { alarmDefinitions, type AlarmSettings } from '../src/index.ts';

const settings: AlarmSettings = {
  instanceClass: 'db.t4g.medium',
  allocatedStorageGib: 100,
  maxConnections: 200,
  storageType: 'gp2',
  logExports: true,
};

/** The rows of the reference's table of alarms: those of a writer, then those that only a replica has. */
export function alarmRows(): string[][] {
  const writer = alarmDefinitions(settings);
  const replica = alarmDefinitions({ ...settings, replica: true });
  const onlyReplica = replica.filter(({ id }) => !writer.some((definition) => definition.id === id));
  return [...writer, ...onlyReplica].map((definition) => {
    const {
      id,
      metrics,
      statistic,
      periodSeconds,
      evaluationPeriods,
      datapointsToAlarm,
      severity,
      derivation,
    } = definition;
    const minutes = periodSeconds / 60;
    return [
      `\`${id}\``,
      `${metrics.join(' + ')} (${statistic}) ${formatThreshold(definition)}`,
      `${datapointsToAlarm} of ${evaluationPeriods} x ${minutes} min`,
      severity,
      derivation,
    ];
  });
}

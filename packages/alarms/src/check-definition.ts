import type { AlarmDefinition } from './alarm-definition.ts';
import { reachabilityFaults } from './reachability.ts';

/** What CloudWatch (PutMetricAlarm) would refuse in a definition, or else why it could never fire or clear. */
export function definitionFaults(definition: AlarmDefinition): string[] {
  const { threshold, evaluationPeriods, datapointsToAlarm, periodSeconds, treatMissingData, severity } =
    definition;
  const faults: string[] = [];
  if (!Number.isFinite(threshold)) faults.push(`threshold ${threshold} is not a number.`);
  if (!Number.isInteger(periodSeconds) || periodSeconds < 60 || periodSeconds % 60 !== 0) {
    faults.push(`periodSeconds ${periodSeconds} must be a multiple of 60: RDS publishes once a minute.`);
  }
  if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1) {
    faults.push(`evaluationPeriods ${evaluationPeriods} must be a whole number of 1 or more.`);
  }
  if (
    !Number.isInteger(datapointsToAlarm) ||
    datapointsToAlarm < 1 ||
    datapointsToAlarm > evaluationPeriods
  ) {
    faults.push(
      `datapointsToAlarm ${datapointsToAlarm} must be a whole number from 1 to evaluationPeriods, ${evaluationPeriods}.`,
    );
  }
  const windowDays = periodSeconds < 3600 ? 1 : 7;
  if (evaluationPeriods * periodSeconds > windowDays * 86_400) {
    faults.push(`evaluationPeriods x periodSeconds is more than ${windowDays} day(s), CloudWatch's limit.`);
  }
  if (!['breaching', 'notBreaching', 'ignore', 'missing'].includes(treatMissingData)) {
    faults.push(`treatMissingData ${treatMissingData} must be breaching, notBreaching, ignore or missing.`);
  }
  if (!['page', 'ticket'].includes(severity)) faults.push(`severity ${severity} must be page or ticket.`);
  return faults.length > 0 ? faults : reachabilityFaults(definition);
}

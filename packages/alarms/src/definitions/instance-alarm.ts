import type { AlarmDefinition } from '../alarm-definition.ts';

/** What most alarms have in common: a definition's file says what differs. All N of N datapoints must breach. */
export const usual = {
  namespace: 'AWS/RDS',
  statistic: 'Average',
  periodSeconds: 60,
  treatMissingData: 'missing',
  severity: 'ticket',
  range: { min: 0, max: null },
} as const satisfies Partial<AlarmDefinition>;

type Usual = keyof typeof usual | 'datapointsToAlarm';

/** A definition as its file writes it. */
export type InstanceAlarm = Omit<AlarmDefinition, 'role' | Usual> & Partial<Pick<AlarmDefinition, Usual>>;

export { alarmDefinitions } from './alarm-definitions.ts';
export {
  alarmIds,
  type AlarmDefinition,
  type AlarmId,
  type AlarmRule,
  type ComparisonOperator,
  type Severity,
  type Statistic,
  type TreatMissingData,
  type Unit,
} from './alarm-definition.ts';
export type { AlarmOverride, AlarmSettings } from './alarm-settings.ts';
export { evaluate, type AlarmState, type Datapoint, type EvaluationOptions } from './evaluate.ts';
export { reachabilityFaults } from './reachability.ts';
export { simulate, type Transition } from './simulate.ts';
export { underivableAlarms } from './underivable-alarms.ts';
export type { StorageType } from './volume-performance.ts';
export {
  evaluateLocally,
  type LocalAlarm,
  type LocalEvaluation,
  type LocalEvaluationOptions,
  type LocalState,
} from './local/evaluate-locally.ts';
export { renderAlarms } from './local/render-alarms.ts';

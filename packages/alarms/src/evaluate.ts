import type { AlarmRule, ComparisonOperator } from './alarm-definition.ts';

/** State of a CloudWatch alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** One period's value; `null` is missing. */
export type Datapoint = number | null;

/** What {@link evaluate} takes into account beside rule and datapoints. */
export interface EvaluationOptions {
  /** The current state, which `ignore` keeps. Default: `INSUFFICIENT_DATA`, that of a new alarm. */
  state?: AlarmState;
  /**
   * How many periods CloudWatch looks back for real datapoints, N or more. AWS does not say how many; its example has
   * 5 for N = 3, and a public measurement at 60 s found 6 for N = 1 and N = 2. Default: N + 2, as in the example.
   */
  evaluationRange?: number;
}

/** How many periods are looked at by default: see {@link EvaluationOptions.evaluationRange}. */
export function defaultEvaluationRange(rule: Pick<AlarmRule, 'evaluationPeriods'>): number {
  return rule.evaluationPeriods + 2;
}

/**
 * The state that CloudWatch gives an alarm for these datapoints, one per period, the oldest first. Datapoints before
 * the first one are missing, and those before the evaluation range are not looked at.
 *
 * - With N or more real datapoints in the range, the latest N decide: ALARM if M of them breach. Missing ones are
 *   skipped, whatever `treatMissingData` says.
 * - With fewer, the shortfall is filled: `breaching` counts it as breaching, `notBreaching` does not.
 * - With fewer and `missing` or `ignore`: no datapoint at all is INSUFFICIENT_DATA, or the current state. Where only
 *   breaching datapoints are left, fewer than M, and the oldest is M or more periods old, the state is ALARM
 *   (`missing`: the "premature alarm" rule) or stays what it was (`ignore`).
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html; every cell of
 * its tables is a test.
 */
export function evaluate(
  rule: AlarmRule,
  datapoints: readonly Datapoint[],
  options: EvaluationOptions = {},
): AlarmState {
  const { state = 'INSUFFICIENT_DATA', evaluationRange = defaultEvaluationRange(rule) } = options;
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const range = datapoints.slice(-evaluationRange);
  const real = range.filter((value) => value !== null).slice(-evaluationPeriods);
  const breaching = real.filter((value) => breaches(rule, value)).length;
  const filled = evaluationPeriods - real.length;

  if (filled > 0 && treatMissingData === 'breaching') {
    return breaching + filled >= datapointsToAlarm ? 'ALARM' : 'OK';
  }
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (filled === 0 || treatMissingData === 'notBreaching') return 'OK';

  if (real.length === 0) return treatMissingData === 'ignore' ? state : 'INSUFFICIENT_DATA';
  const oldestAge = range.length - range.findIndex((value) => value !== null);
  const premature = breaching === real.length && oldestAge >= datapointsToAlarm;
  if (!premature) return 'OK';
  return treatMissingData === 'ignore' ? state : 'ALARM';
}

const comparisons: Record<ComparisonOperator, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether one value is on the wrong side of the threshold. */
export function breaches(rule: Pick<AlarmRule, 'operator' | 'threshold'>, value: number): boolean {
  return comparisons[rule.operator](value, rule.threshold);
}

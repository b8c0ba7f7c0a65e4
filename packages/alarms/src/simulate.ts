import type { AlarmRule } from './alarm-definition.ts';
import {
  defaultEvaluationRange,
  evaluate,
  type AlarmState,
  type Datapoint,
  type EvaluationOptions,
} from './evaluate.ts';

/** A change of state, on which CloudWatch runs the actions. */
export interface Transition {
  /** Index of the datapoint after which the state changed. */
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
}

/**
 * Evaluates an alarm after each datapoint of a series, one per period, the oldest first.
 *
 * @param options.state the state at the start
 * @returns the state after each datapoint, and the changes of state
 */
export function simulate(
  rule: AlarmRule,
  series: readonly Datapoint[],
  options: EvaluationOptions = {},
): { states: AlarmState[]; transitions: Transition[] } {
  const { evaluationRange = defaultEvaluationRange(rule) } = options;
  let state = options.state ?? 'INSUFFICIENT_DATA';
  const states: AlarmState[] = [];
  const transitions: Transition[] = [];
  for (let at = 0; at < series.length; at++) {
    const range = series.slice(Math.max(0, at + 1 - evaluationRange), at + 1);
    const next = evaluate(rule, range, { state, evaluationRange });
    if (next !== state) transitions.push({ at, from: state, to: next });
    states.push(next);
    state = next;
  }
  return { states, transitions };
}

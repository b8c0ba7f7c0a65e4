import type { AlarmDefinition } from './alarm-definition.ts';
import { breaches, type Datapoint, defaultEvaluationRange } from './evaluate.ts';
import { simulate } from './simulate.ts';

/**
 * The reasons why an alarm can never fire, or never clear again, as sentences. None for an alarm that can do both.
 *
 * It simulates the alarm on the best and on the worst value that the metric can have on this instance (`range`), and
 * on missing data where that counts as breaching. A threshold beyond what the metric can reach is a reason, such as
 * one on transaction ids above the point where PostgreSQL stops.
 */
export function reachabilityFaults(definition: AlarmDefinition): string[] {
  const { min, max } = definition.range;
  const unbounded = Math.abs(definition.threshold) * 2 + 1;
  const values = [min, max ?? Math.max(min, unbounded)];
  const breaching = values.find((value) => breaches(definition, value));
  const healthy = values.find((value) => !breaches(definition, value));
  const worst: Datapoint | undefined =
    breaching ?? (definition.treatMissingData === 'breaching' ? null : undefined);
  const range = `${min} to ${max ?? 'any'} ${definition.unit}`;

  const why = `${definition.metrics.join(' + ')} is ${range}, and the threshold ${definition.threshold}.`;

  if (worst === undefined) return [`it can never fire: ${why}`];
  if (healthy === undefined) return [`it can never clear: ${why}`];
  const periods = defaultEvaluationRange(definition);
  const series = [healthy, worst, healthy].flatMap((value) => Array<Datapoint>(periods).fill(value));
  const states = simulate(definition, series).states;
  const faults: string[] = [];
  if (states[periods - 1] !== 'OK') faults.push('it is not OK after healthy values.');
  if (states[2 * periods - 1] !== 'ALARM') faults.push('it does not fire after breaching values.');
  if (states[3 * periods - 1] !== 'OK') faults.push('it does not clear after healthy values.');
  return faults;
}

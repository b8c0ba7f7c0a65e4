import type { AlarmDefinition } from './alarm-definition.ts';
import { breaches, type Datapoint } from './evaluate.ts';
import { simulate } from './simulate.ts';

/**
 * What an alarm can never do, as sentences: fire, or clear again. None for a sound definition.
 *
 * It runs the alarm over series of the worst and of the best value that the metric can take on this instance
 * (`range`), and of missing data where that counts as breaching. A threshold that the metric cannot reach, as of
 * transaction ids beyond the point where PostgreSQL stops, gives a sentence.
 */
export function reachabilityFaults(definition: AlarmDefinition): string[] {
  const { min, max } = definition.range;
  const unbounded = Math.abs(definition.threshold) * 2 + 1;
  const values = [min, max ?? Math.max(min, unbounded)];
  const breaching = values.find((value) => breaches(definition, value));
  const sound = values.find((value) => !breaches(definition, value));
  const worst: Datapoint | undefined =
    breaching ?? (definition.treatMissingData === 'breaching' ? null : undefined);
  const range = `${min} to ${max ?? 'any'} ${definition.unit}`;

  if (worst === undefined) {
    return [
      `it can never fire: ${definition.metrics.join(' + ')} is ${range}, and the threshold ${definition.threshold}.`,
    ];
  }
  if (sound === undefined) {
    return [
      `it can never clear: ${definition.metrics.join(' + ')} is ${range}, and the threshold ${definition.threshold}.`,
    ];
  }
  const periods = definition.evaluationPeriods + 2;
  const series = [sound, worst, sound].flatMap((value) => Array<Datapoint>(periods).fill(value));
  const states = simulate(definition, series).states;
  const faults: string[] = [];
  if (states[periods - 1] !== 'OK') faults.push('it is not OK after sound values.');
  if (states[2 * periods - 1] !== 'ALARM') faults.push('it does not fire after breaching values.');
  if (states[3 * periods - 1] !== 'OK') faults.push('it does not clear after sound values.');
  return faults;
}

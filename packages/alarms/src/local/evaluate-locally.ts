import { setTimeout as delay } from 'node:timers/promises';
import type { AlarmDefinition } from '../alarm-definition.ts';
import { evaluate, type AlarmState, type Datapoint } from '../evaluate.ts';
import { localMeasure } from './local-measure.ts';
import { readSignals, type Reading } from './read-signals.ts';

/** Servers, alarms and readings of {@link evaluateLocally}. */
export interface LocalEvaluationOptions {
  /** URL of the writer, with a role that has `pg_monitor`. */
  writerUrl: string;
  /** URLs of standbys. Default: none. */
  readerUrls?: readonly string[];
  /** Alarms: those of the role `writer` are evaluated on the writer, those of the role `replica` on each reader. */
  definitions: readonly AlarmDefinition[];
  /** Number of readings of each server. Default: 3. */
  samples?: number;
  /** Milliseconds between two readings. Default: 50. */
  intervalMs?: number;
  /** Ends the evaluation: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Verdict on an alarm; `not-evaluable` where PostgreSQL cannot know the metric, or the server has another role. */
export type LocalState = 'ok' | 'alarm' | 'insufficient' | 'not-evaluable';

/** The verdict on one alarm of one server. */
export interface LocalAlarm {
  readonly definition: AlarmDefinition;
  /** `writer`, or `reader 1` and so on, in the order of `readerUrls`. */
  readonly instance: string;
  readonly state: LocalState;
  /** The latest value; `null` where there is none. */
  readonly value: number | null;
  /** Why there is no verdict, or no value; empty where there are both. */
  readonly reason: string;
}

/** The verdicts on all alarms, and the servers that did not answer. */
export interface LocalEvaluation {
  readonly alarms: readonly LocalAlarm[];
  /** Names of the servers that did not answer the latest reading. */
  readonly unreachable: readonly string[];
}

/**
 * Evaluates alarms on running servers, from readings by SQL and by the rules of {@link evaluate}.
 *
 * Each reading is one datapoint. They cover less time than N periods, so the first one stands for the time before
 * it: the result is what CloudWatch would say if the servers had been like this for N periods. An alarm of N of N
 * fires only if all readings breach. With `samples` >= N and `intervalMs` = 60000 nothing is assumed.
 *
 * What PostgreSQL cannot know (CPU, memory, credits, the performance of EBS) is `not-evaluable`, never `ok`. A server
 * that does not answer gives missing datapoints: its alarm `instance-not-reporting` fires, the others are
 * `insufficient`.
 *
 * @throws UserError `invalid-database-url`: a URL can't be read
 * @throws UserError `monitoring-refused`: a server refuses the login, the database or the right
 * @example
 * ```ts
 * import { alarmDefinitions, evaluateLocally } from '@ecommerce-dms/alarms';
 *
 * const { alarms } = await evaluateLocally({
 *   writerUrl: 'postgres://monitor:secret@127.0.0.1:5432/shop', // a role with pg_monitor
 *   definitions: alarmDefinitions({ instanceClass: 'db.t4g.medium', allocatedStorageGib: 100, maxConnections: 200 }),
 * });
 * for (const { definition, state, value } of alarms) console.log(definition.id, state, value);
 * ```
 */
export async function evaluateLocally(options: LocalEvaluationOptions): Promise<LocalEvaluation> {
  const { writerUrl, readerUrls = [], definitions } = options;
  const writer = definitions.filter((definition) => definition.role === 'writer');
  const replica = definitions.filter((definition) => definition.role === 'replica');
  const servers = [
    { instance: 'writer', url: writerUrl, definitions: writer },
    ...readerUrls.map((url, index) => ({ instance: `reader ${index + 1}`, url, definitions: replica })),
  ];
  // When one server refuses, the result is an error: stop reading the others.
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(options.signal ? [options.signal] : [])]);
  const readings = await Promise.all(servers.map(({ url }) => sample(url, { ...options, signal }))).finally(
    () => over.abort(),
  );
  const evaluated = servers.flatMap(({ instance, definitions }, index) =>
    definitions.map((definition) => evaluateOn(instance, definition, readings[index] ?? [])),
  );
  const unread = readerUrls.length > 0 ? [] : replica;
  return {
    alarms: [
      ...evaluated,
      ...unread.map((definition) => notEvaluable('reader', definition, 'no reader was given')),
    ],
    unreachable: servers
      .filter((_, index) => typeof readings[index]?.at(-1) === 'string')
      .map(({ instance }) => instance),
  };
}

async function sample(
  url: string,
  options: LocalEvaluationOptions & { signal: AbortSignal },
): Promise<(Reading | string)[]> {
  const { samples = 3, intervalMs = 50, signal } = options;
  const readings: (Reading | string)[] = [];
  while (readings.length < samples) {
    if (readings.length > 0)
      await delay(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    readings.push(await readSignals(url, signal));
  }
  return readings;
}

function evaluateOn(
  instance: string,
  definition: AlarmDefinition,
  readings: readonly (Reading | string)[],
): LocalAlarm {
  const measure = localMeasure(definition);
  if (typeof measure === 'string') return notEvaluable(instance, definition, measure);
  const answers = readings.filter((reading) => typeof reading !== 'string');
  if (answers.some(({ inRecovery }) => inRecovery !== (definition.role === 'replica'))) {
    const is = definition.role === 'replica' ? 'not a standby' : 'a standby';
    return notEvaluable(instance, definition, `this server is ${is}`);
  }
  const series = readings.map((reading, index): Datapoint => {
    if (typeof reading === 'string') return null;
    const previous = readings[index - 1];
    return measure(reading, definition, typeof previous === 'object' ? previous : undefined);
  });
  const value = series.at(-1) ?? null;
  const failure = readings.findLast((reading) => typeof reading === 'string');
  const reason = value === null ? (failure ?? 'no reading has a value yet') : '';
  // CloudWatch says OK where missing data is not breaching. Here nothing was seen, so it is not ok.
  if (value === null && definition.treatMissingData !== 'breaching') {
    return { definition, instance, state: 'insufficient', value, reason };
  }
  const first = series.find((value) => value !== null) ?? null;
  const before = Array<Datapoint>(definition.evaluationPeriods).fill(first);
  const state = states[evaluate(definition, [...before, ...series])];
  return { definition, instance, state, value, reason };
}

const states: Record<AlarmState, LocalState> = {
  OK: 'ok',
  ALARM: 'alarm',
  INSUFFICIENT_DATA: 'insufficient',
};

function notEvaluable(instance: string, definition: AlarmDefinition, reason: string): LocalAlarm {
  return { definition, instance, state: 'not-evaluable', value: null, reason };
}

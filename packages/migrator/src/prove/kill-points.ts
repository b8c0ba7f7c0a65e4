/** Where a run can be killed: at a request that changes something, or begins or ends a transaction. */
export interface KillPoint {
  /** The session of the run, in the order of connecting. */
  session: number;
  /** The number of the request among those of its session that are such points, from 0. */
  request: number;
  /** What is sent there, for people. */
  sql: string;
  kind: KillKind;
}

/**
 * - `before`: the process is killed before it sends the request
 * - `after`: the process is killed when the server has done all of it, and the process has heard nothing
 * - `backend`: the backend is ended as soon as it has the request, and the process lives on
 * - `waiting`: the process is killed while the request waits for another transaction
 * - `backend-waiting`: the backend is ended while the request waits for another transaction
 */
export type KillKind = 'before' | 'after' | 'backend' | 'waiting' | 'backend-waiting';

const reads = /^\s*(select|set|show|reset|close|declare|fetch|values|with)\b/i;
const changesWithin = /;\s*(insert|update|delete)\b/i;

/**
 * Tells the requests at which a run is killed: the statements of the migration, and all that do more than read or set
 * something up in the session.
 *
 * @param statements of the migration
 */
export function killPointTest(statements: readonly string[]): (sql: string) => boolean {
  const own = new Set(statements);
  return (sql) => own.has(sql) || changesWithin.test(sql) || !reads.test(sql);
}

/** Counts the points of each session of a run. */
export class PointCounter {
  readonly #isPoint: (sql: string) => boolean;
  readonly #counts = new Map<number, number>();

  constructor(isPoint: (sql: string) => boolean) {
    this.#isPoint = isPoint;
  }

  /** The number of a request among those that are points; undefined for one that is none. */
  next({ session, sql }: { session: number; sql: string }): number | undefined {
    if (!this.#isPoint(sql)) return undefined;
    const count = this.#counts.get(session) ?? 0;
    this.#counts.set(session, count + 1);
    return count;
  }
}

/**
 * Chooses `count` points, spread over all, the same ones for the same seed.
 *
 * @returns all when they are no more
 */
export function samplePoints(
  points: readonly KillPoint[],
  count: number,
  seed: string,
): readonly KillPoint[] {
  if (points.length <= count) return points;
  let state = [...seed].reduce(
    (hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16777619),
    2166136261,
  );
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  // One of each stretch of equal length, so that no part of the run is left out.
  const stretch = points.length / count;
  return Array.from({ length: count }, (_, index) => points[Math.floor((index + random()) * stretch)]).filter(
    (point) => point !== undefined,
  );
}

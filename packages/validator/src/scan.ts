import type { RowCheck, Source } from './check.ts';
import { QUERY_CANCELED, sqlState } from './server-error.ts';
import type { Session } from './session.ts';
import { fromClause, violation } from './sql-text.ts';

/** What one pass says of a check: how many rows fail, or why that can't be told. */
export type Count = { failures: number } | { error: unknown };

/** The counts of a source's checks. */
export interface ScanResult {
  rows: number;
  counts: Map<RowCheck, Count>;
}

/**
 * Counts the failing rows of all checks in one pass. After an error each half gets a pass of its own, until only the
 * faulty checks are left out. `fatal` says which errors end the run instead.
 */
export async function scan(
  session: Session,
  source: Source,
  checks: readonly RowCheck[],
  fatal: (error: unknown) => boolean,
): Promise<ScanResult> {
  try {
    return await session.attempt(() => countFailures(session, source, checks));
  } catch (error) {
    if (fatal(error)) throw error;
    // After a timeout the halves would only time out again.
    if (checks.length === 1 || sqlState(error) === QUERY_CANCELED) {
      return { rows: 0, counts: new Map(checks.map((check) => [check, { error }])) };
    }
    const middle = checks.length >> 1;
    const left = await scan(session, source, checks.slice(0, middle), fatal);
    const right = await scan(session, source, checks.slice(middle), fatal);
    return { rows: Math.max(left.rows, right.rows), counts: new Map([...left.counts, ...right.counts]) };
  }
}

async function countFailures(
  session: Session,
  source: Source,
  checks: readonly RowCheck[],
): Promise<ScanResult> {
  const counts = checks.map(
    (check, index) => `count(*) FILTER (WHERE ${violation(check)})::float8 AS c${index}`,
  );
  const sql = `SELECT count(*)::float8 AS "rows", ${counts.join(', ')} FROM ${fromClause(source)}`;
  const [row] = await session.scan<Record<string, number>>(sql);
  if (row === undefined) throw new Error('an aggregate returned no row');
  return {
    rows: row['rows'] ?? 0,
    counts: new Map(checks.map((check, index) => [check, { failures: row[`c${index}`] ?? 0 }])),
  };
}

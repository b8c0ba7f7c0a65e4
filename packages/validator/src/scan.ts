import type { RowCheck, Source } from './check.ts';
import { queryCanceled, sqlState } from './server-error.ts';
import type { Attempt, Session } from './session.ts';
import { fromClause, violation } from './sql-text.ts';

/** What one pass over a source found: its rows, and for each check how many of them fail, or why it was not counted. */
export interface ScanResult {
  rows: number;
  failures: Map<RowCheck, Attempt<number>>;
}

/**
 * Counts the failing rows of all checks in one pass. After an error each half gets a pass of its own, until only the
 * faulty checks are left out.
 */
export async function scan(
  session: Session,
  source: Source,
  checks: readonly RowCheck[],
): Promise<ScanResult> {
  const counted = await session.attempt(() => countFailures(session, source, checks));
  if ('value' in counted) return counted.value;
  // After a timeout the halves would only time out again.
  if (checks.length === 1 || sqlState(counted.error) === queryCanceled) {
    return { rows: 0, failures: new Map(checks.map((check) => [check, counted])) };
  }
  const middle = checks.length >> 1;
  const left = await scan(session, source, checks.slice(0, middle));
  const right = await scan(session, source, checks.slice(middle));
  return { rows: Math.max(left.rows, right.rows), failures: new Map([...left.failures, ...right.failures]) };
}

async function countFailures(
  session: Session,
  source: Source,
  checks: readonly RowCheck[],
): Promise<ScanResult> {
  const counts = checks.map(
    (check, index) => `count(*) filter (where ${violation(check)})::float8 as c${index}`,
  );
  const sql = `select count(*)::float8 as "rows", ${counts.join(', ')} from ${fromClause(source)}`;
  const [row] = await session.scan<Record<string, number>>(sql);
  if (row === undefined) throw new Error('an aggregate returned no row');
  return {
    rows: row['rows'] ?? 0,
    failures: new Map(checks.map((check, index) => [check, { value: row[`c${index}`] ?? 0 }])),
  };
}

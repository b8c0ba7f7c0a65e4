import type { Bundle } from './bundles.ts';
import type { Finding, RowCheck } from './check.ts';
import type { Session } from './session.ts';
import { fromClause, identifier, violation } from './sql-text.ts';

export interface SampleOptions {
  /** Most failing rows to read of a check. */
  sampleLimit: number;
  /** Whether a column's values are masked. */
  redact: (column: string) => boolean;
}

/** The SELECT that returns every failing row of a check. */
export function findSql(bundle: Bundle, check: RowCheck): string {
  const columns = shown(bundle, check).map(identifier);
  return `select ${columns.join(', ') || '*'} from ${fromClause(bundle.source)} where ${violation(check)}`;
}

/** The first failing rows of a check in the order of their keys, personal data masked. */
export async function sample(
  session: Session,
  bundle: Bundle,
  check: RowCheck,
  { sampleLimit, redact }: SampleOptions,
): Promise<Finding[]> {
  const columns = shown(bundle, check);
  // Other names than the columns': ORDER BY must sort by the column, not by its text.
  const selected = columns.map((column, index) => `${identifier(column)}::text as c${index}`);
  const order = bundle.key.length > 0 ? ` order by ${bundle.key.map(identifier).join(', ')}` : '';
  const rows = await session.scan<Record<string, string | null>>(
    `select ${selected.join(', ')} from ${fromClause(bundle.source)} where ${violation(check)}${order} limit ${sampleLimit}`,
  );
  return rows.map((row) => {
    const values = columns.map((column, index): [string, string | null] => {
      const value = row[`c${index}`] ?? null;
      return [column, value !== null && redact(column) ? '***' : value];
    });
    const key = values.filter(([column]) => bundle.key.includes(column));
    const rest = values.filter(([column]) => !bundle.key.includes(column));
    return {
      object: [bundle.source.name, ...key.map(equation)].join(' '),
      severity: check.severity,
      message: rest.map(equation).join(' '),
      key: Object.fromEntries(key),
      values: Object.fromEntries(rest),
    };
  });
}

function shown(bundle: Bundle, check: RowCheck): string[] {
  return [...new Set([...bundle.key, ...check.show])];
}

function equation([column, value]: [string, string | null]): string {
  return `${column}=${value ?? 'NULL'}`;
}

import type { Check, RowCheck, Source } from './check.ts';
import type { TableFacts } from './tables.ts';

/** The row checks of one source, to be counted in one pass. */
export interface Bundle {
  source: Source;
  /** Columns that identify a row. */
  key: readonly string[];
  checks: RowCheck[];
  /** For the order of the passes: the longest first. */
  pages: number;
}

/** One bundle a source, largest first. Two spellings of one table share a bundle. */
export function bundle(checks: readonly Check[], tables: ReadonlyMap<string, TableFacts>): Bundle[] {
  const bundles = new Map<string, Bundle>();
  for (const check of checks) {
    if (check.kind !== 'rows') continue;
    const { source } = check;
    const facts = source.kind === 'table' ? tables.get(source.from) : undefined;
    const identity = facts ? `oid ${facts.oid}` : `${source.kind} ${source.name} ${source.from}`;
    const known = bundles.get(identity);
    if (known) known.checks.push(check);
    else {
      // A query joins or aggregates: its size is unknown, so it starts first.
      const pages = facts?.pages ?? Number.POSITIVE_INFINITY;
      bundles.set(identity, { source, key: facts?.key ?? source.key, checks: [check], pages });
    }
  }
  return [...bundles.values()].sort((a, b) => (a.pages === b.pages ? 0 : b.pages - a.pages));
}

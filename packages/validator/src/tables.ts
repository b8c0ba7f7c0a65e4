import type { Check } from './check.ts';
import type { Session } from './session.ts';

/** What the catalog says of a table that checks name. */
export interface TableFacts {
  oid: string;
  /** Pages, those of its partitions included. */
  pages: number;
  /** Columns of the primary key; `ctid` without one; nothing for a view. */
  key: string[];
}

/** Looks up the tables of all table sources, by the name that the checks use. An unknown one is left out. */
export async function readTables(
  session: Session,
  checks: readonly Check[],
): Promise<Map<string, TableFacts>> {
  const names = checks.flatMap((check) =>
    check.kind === 'rows' && check.source.kind === 'table' ? [check.source.from] : [],
  );
  const rows = await session.query<TableFacts & { name: string }>(
    `SELECT name, c.oid::text AS oid,
       (SELECT coalesce(sum(part.relpages), 0)::float8 FROM pg_partition_tree(c.oid) AS tree
          JOIN pg_class part ON part.oid = tree.relid) AS pages,
       coalesce((SELECT array_agg(a.attname::text ORDER BY k.position) FROM pg_index i
          CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
          WHERE i.indrelid = c.oid AND i.indisprimary AND k.position <= i.indnkeyatts),
         CASE WHEN c.relkind IN ('r', 'p', 'm') THEN '{ctid}' ELSE '{}' END::text[]) AS key
     FROM unnest($1::text[]) AS name JOIN pg_class c ON c.oid = to_regclass(name)`,
    [[...new Set(names)]],
  );
  return new Map(rows.map(({ name, ...facts }) => [name, facts]));
}

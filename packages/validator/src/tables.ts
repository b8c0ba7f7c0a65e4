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
    `select name, c.oid::text as oid,
       -- A table that is no partition is in no tree.
       (select coalesce(sum(part.relpages), c.relpages)::float8 from pg_partition_tree(c.oid) as tree
          join pg_class part on part.oid = tree.relid) as pages,
       coalesce((select array_agg(a.attname::text order by k.position) from pg_index i
          cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
          where i.indrelid = c.oid and i.indisprimary and k.position <= i.indnkeyatts),
         case when c.relkind in ('r', 'p', 'm') then '{ctid}' else '{}' end::text[]) as key
     from unnest($1::text[]) as name join pg_class c on c.oid = to_regclass(name)`,
    [[...new Set(names)]],
  );
  return new Map(rows.map(({ name, ...facts }) => [name, facts]));
}

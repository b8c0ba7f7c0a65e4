import {
  type Catalog,
  compareCatalogs,
  describeDifference,
  readCatalogOf,
} from '@ecommerce-dms/schema-catalog';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';

/** The schema and the rows of a database, as far as two runs of the same migrations must agree on them. */
export interface DatabaseState {
  catalog: Catalog;
  /** What is the same whatever the order of the rows, by table and column: `public.item "name"`; `rows` is their count. */
  digests: ReadonlyMap<string, string>;
  /** The keys of columns that may have another value in each run: times, and random identifiers. */
  varying: ReadonlySet<string>;
}

/** What belongs to all databases of a server: others may change it at the same time. */
const ofServer = new Set([
  'role',
  'membership',
  'tablespace',
  'role setting',
  'database setting',
  'database',
]);

/** Reads them in a session that is in no transaction. */
export async function readState(client: Client): Promise<DatabaseState> {
  return { catalog: await readCatalogOf(client), ...(await readDigests(client)) };
}

/**
 * In what a database differs from what it should be, as lines for people.
 *
 * @param unstable the digests that differ between two undisturbed runs, too
 */
export function stateDifferences(
  expected: DatabaseState,
  actual: DatabaseState,
  unstable: ReadonlySet<string>,
): string[] {
  const schema = compareCatalogs(expected.catalog, actual.catalog, {
    only: ({ kind }) => !ofServer.has(kind),
  }).map(describeDifference);
  return [
    ...schema,
    ...actual.catalog.unread.map((line) => `cannot be read: ${line}`),
    ...differingDigests(expected, actual)
      .filter((key) => !unstable.has(key))
      .map((key) => {
        const [before = 'no such table', after = 'no such table'] = [
          expected.digests.get(key),
          actual.digests.get(key),
        ];
        return key.endsWith(' rows')
          ? `${key.slice(0, -' rows'.length)}: ${after} rows in place of ${before}`
          : `${key}: other values`;
      }),
  ];
}

/** The keys of what differs, by name. */
export function differingDigests(one: DatabaseState, other: DatabaseState): string[] {
  const keys = new Set([...one.digests.keys(), ...other.digests.keys()]);
  return [...keys].filter((key) => one.digests.get(key) !== other.digests.get(key)).toSorted();
}

/**
 * Values that a sequence has given, and references to them, are left out: a run that was rolled back has used some up.
 * So are the times in the ledger.
 */
async function readDigests(client: Client): Promise<Pick<DatabaseState, 'digests' | 'varying'>> {
  const { rows: tables } = await client.query<{ name: string; columns: string[]; varying: string[] }>(`
    with recursive numbered (relid, num) as (
      select a.attrelid, a.attnum from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%'
      union
      select k.conrelid, k.conkey[i] from numbered n join pg_constraint k on k.contype = 'f' and k.confrelid = n.relid
      cross join lateral generate_subscripts(k.confkey, 1) as i where k.confkey[i] = n.num)
    select format('%I.%I', s.nspname, c.relname) as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and not exists (select from numbered n where n.relid = a.attrelid and n.num = a.attnum)
        and not (a.attname in ('executed_at', 'execution_ms', 'executed_by') and exists (
          select from pg_attribute l where l.attrelid = c.oid and l.attname = 'down_fingerprint'))
        order by a.attnum) as columns,
      array(select a.attname::text from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and (t.typcategory = 'D' or t.typname = 'uuid')) as varying
    from pg_class c join pg_namespace s on s.oid = c.relnamespace
    where c.relkind in ('r', 'm') and c.relpersistence <> 't' and c.relispopulated
      and s.nspname not like 'pg\\_%' and s.nspname <> 'information_schema'
    order by 1`);
  const digests = new Map<string, string>();
  const keyOf = (name: string, column: string): string => `${name} ${escapeIdentifier(column)}`;
  const varying = new Set(
    tables.flatMap(({ name, varying: columns }) => columns.map((column) => keyOf(name, column))),
  );
  if (tables.length === 0) return { digests, varying };
  const selects = tables.map(({ name, columns }) => {
    const parts = columns.map((column) => {
      const quoted = escapeIdentifier(column);
      return `${escapeLiteral(keyOf(name, column))}, concat(count(${quoted}), ' ', sum(hashtextextended(${quoted}::text, 0)))`;
    });
    return `select ${jsonOf([`${escapeLiteral(`${name} rows`)}, count(*)::text`, ...parts])} as digests from only ${name}`;
  });
  const { rows } = await client.query<{ digests: Record<string, string> }>(selects.join('\nunion all\n'));
  for (const row of rows) for (const [key, value] of Object.entries(row.digests)) digests.set(key, value);
  return { digests, varying };
}

/** A function takes 100 arguments at most. */
function jsonOf(pairs: readonly string[]): string {
  const objects: string[] = [];
  for (let start = 0; start < pairs.length; start += 40) {
    objects.push(`jsonb_build_object(${pairs.slice(start, start + 40).join(', ')})`);
  }
  return objects.join(' || ');
}

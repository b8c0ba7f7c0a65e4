import type { Node, RangeVar } from 'libpg-query';
import { relationName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';

/** A relation that a statement creates unless something of the name exists, of whatever kind. */
export interface ConditionalRelation {
  relation: RangeVar;
  kind: string;
  /** `relkind` of what may be found. */
  relkinds: string[];
}

/** The relation of `CREATE TABLE`, `SEQUENCE` or `MATERIALIZED VIEW IF NOT EXISTS`. */
export function conditionalRelation(node: Node): ConditionalRelation | undefined {
  if ('CreateStmt' in node) {
    const { relation, if_not_exists, partspec } = node.CreateStmt;
    if (!if_not_exists || relation === undefined) return undefined;
    if (partspec !== undefined) return { relation, kind: 'partitioned table', relkinds: ['p'] };
    return { relation, kind: 'table', relkinds: ['r', 'p'] };
  }
  if ('CreateSeqStmt' in node) {
    const { sequence: relation, if_not_exists } = node.CreateSeqStmt;
    return if_not_exists && relation ? { relation, kind: 'sequence', relkinds: ['S'] } : undefined;
  }
  if (!('CreateTableAsStmt' in node)) return undefined;
  const { into, if_not_exists, objtype } = node.CreateTableAsStmt;
  if (!if_not_exists || into?.rel === undefined) return undefined;
  return objtype === 'OBJECT_MATVIEW'
    ? { relation: into.rel, kind: 'materialized view', relkinds: ['m'] }
    : { relation: into.rel, kind: 'table', relkinds: ['r', 'p'] };
}

/** Why what is there now is not of that kind; undefined when it is. */
export async function kindFault(
  session: Queryable,
  { relation, kind, relkinds }: ConditionalRelation,
): Promise<{ problem: string; remedy: string } | undefined> {
  const name = relationName(relation);
  const [found] = await session.query(
    `select relkind::text as kind, case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
       when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'relation' end as name
     from pg_class where oid = to_regclass(?)`,
    [name],
  );
  if (found === undefined || relkinds.includes(String(found['kind']))) return undefined;
  return {
    problem: `${name} exists, and is a ${String(found['name'])}, not a ${kind}`,
    remedy: `Give the ${kind} another name.`,
  };
}

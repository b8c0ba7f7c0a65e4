import type { RowCheck } from '../check.ts';
import type { Session } from '../session.ts';
import { enclosed } from '../sql-text.ts';

interface Plan {
  'Node Type': string;
  'One-Time Filter'?: string;
  Plans?: unknown[];
}

/**
 * Asks the planner whether validated CHECK and NOT NULL constraints refute the violation of a predicate. With
 * `constraint_exclusion` on, it then plans no scan (backend/optimizer/util/plancat.c, relation_excluded_by_constraints).
 * Implication counts: `quantity > 0` proves `quantity >= 0`.
 */
export async function plannerProof(session: Session, check: RowCheck): Promise<string | undefined> {
  if (!(await areRowsGuarded(session, check))) return undefined;
  await session.query(`set local constraint_exclusion = on`);
  const [row] = await session.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (format json, COSTS off) select from ${check.source.from} where not (${enclosed(check.predicate)})`,
  );
  await session.query(`set local constraint_exclusion = partition`);
  const plan = row?.['QUERY PLAN'][0].Plan;
  const refuted =
    plan?.['Node Type'] === 'Result' && plan['One-Time Filter'] === 'false' && plan.Plans === undefined;
  return refuted ? `CHECK or NOT NULL constraints of ${check.source.name}` : undefined;
}

/**
 * Whether what the planner concludes from a table's constraints is so. It trusts those of a foreign table, which nobody
 * enforces; and that of a function that has been replaced since the rows were checked with it.
 */
async function areRowsGuarded(session: Session, { source, predicate }: RowCheck): Promise<boolean> {
  const [row] = await session.query<{ foreign: boolean; functions: string[] }>(
    `with tree as (
       select c.oid, c.relkind from pg_class c
       where c.oid = to_regclass($1) or c.oid in (select relid from pg_partition_tree(to_regclass($1)))
         or c.oid in (select inhrelid from pg_inherits where inhparent = to_regclass($1)))
     select coalesce(bool_or(relkind = 'f'), false) as foreign,
       array(select distinct p.proname::text from pg_constraint k
         join pg_depend d on d.classid = 'pg_constraint'::regclass and d.objid = k.oid and d.refclassid = 'pg_proc'::regclass
         join pg_proc p on p.oid = d.refobjid
         where k.contype = 'c' and k.conrelid in (select oid from tree)) as functions
     from tree`,
    [source.from],
  );
  if (row === undefined || row.foreign) return false;
  return !row.functions.some((name) => predicate.toLowerCase().includes(name.toLowerCase()));
}

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

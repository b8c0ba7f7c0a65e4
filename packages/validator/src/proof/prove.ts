import type { Check, Proof, RowCheck } from '../check.ts';
import type { Session } from '../session.ts';
import { foreignKeyProof } from './foreign-key-proof.ts';
import { plannerProof } from './planner-proof.ts';
import { uniqueProof } from './unique-proof.ts';

/**
 * The checks that the catalog guarantees, each with what guarantees it. A check whose proof can't be looked up, for
 * want of a privilege for instance, is not among them.
 */
export async function proveChecks(
  session: Session,
  checks: readonly Check[],
): Promise<Map<RowCheck, string>> {
  const proven = new Map<RowCheck, string>();
  for (const check of checks) {
    if (check.kind !== 'rows' || check.proof === undefined) continue;
    const { proof } = check;
    const guarantee = await session.attempt(() => prove(session, check, proof));
    if ('value' in guarantee && guarantee.value !== undefined) proven.set(check, guarantee.value);
  }
  return proven;
}

function prove(session: Session, check: RowCheck, proof: Proof): Promise<string | undefined> {
  switch (proof.kind) {
    case 'check':
      return plannerProof(session, check);
    case 'unique':
      return uniqueProof(session, proof);
    case 'foreign-key':
      return foreignKeyProof(session, proof);
  }
}

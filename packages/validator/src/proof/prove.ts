import type { Check, Proof, RowCheck } from '../check.ts';
import type { Session } from '../session.ts';
import { plannerProof } from './planner-proof.ts';

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

/** A valid unique index on these columns or on some of them, without a condition. A deferred one holds once a transaction is committed. */
async function uniqueProof(
  session: Session,
  proof: Extract<Proof, { kind: 'unique' }>,
): Promise<string | undefined> {
  const [row] = await session.query<{ name: string }>(
    `SELECT i.indexrelid::regclass::text AS name FROM pg_index i
     WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indisready
       AND i.indpred IS NULL AND i.indexprs IS NULL
       AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
         WHERE k.position <= i.indnkeyatts AND a.attname <> ALL ($2::name[]))
     ORDER BY name LIMIT 1`,
    [proof.table, proof.columns],
  );
  return row ? `unique index ${row.name}` : undefined;
}

/** A validated, enforced foreign key with exactly these columns, whose triggers are enabled on both sides. */
async function foreignKeyProof(
  session: Session,
  proof: Extract<Proof, { kind: 'foreign-key' }>,
): Promise<string | undefined> {
  const [row] = await session.query<{ name: string }>(
    `SELECT c.conname AS name FROM pg_constraint c
     WHERE c.contype = 'f' AND c.conrelid = to_regclass($1) AND c.confrelid = to_regclass($2)
       -- NOT ENFORCED exists from PostgreSQL 18 on
       AND c.convalidated AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
       AND (SELECT array_agg(a.attname::text || '>' || b.attname::text ORDER BY 1)
            FROM unnest(c.conkey, c.confkey) AS k (child, parent)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child
            JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent)
         = (SELECT array_agg(child || '>' || parent ORDER BY 1) FROM unnest($3::text[], $4::text[]) AS k (child, parent))
       AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = c.oid AND t.tgenabled NOT IN ('O', 'A'))
     ORDER BY name LIMIT 1`,
    [proof.table, proof.parent, proof.columns, proof.parentColumns],
  );
  return row ? `foreign key ${row.name}` : undefined;
}

import type { Proof } from '../check.ts';
import type { Session } from '../session.ts';

/** A validated, enforced foreign key with exactly these columns, whose triggers are enabled on both sides. */
export async function foreignKeyProof(
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

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
    `select i.indexrelid::regclass::text as name from pg_index i
     where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid and i.indisready
       and i.indpred is null and i.indexprs is null
       and not exists (select from unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
         where k.position <= i.indnkeyatts and a.attname <> all ($2::name[]))
     order by name limit 1`,
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
    `select c.conname as name from pg_constraint c
     where c.contype = 'f' and c.conrelid = to_regclass($1) and c.confrelid = to_regclass($2)
       -- NOT ENFORCED exists from PostgreSQL 18 on
       and c.convalidated and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
       and (select array_agg(a.attname::text || '>' || b.attname::text order by 1)
            from unnest(c.conkey, c.confkey) as k (child, parent)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.child
            join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.parent)
         = (select array_agg(child || '>' || parent order by 1) from unnest($3::text[], $4::text[]) as k (child, parent))
       and not exists (select from pg_trigger t where t.tgconstraint = c.oid and t.tgenabled not in ('O', 'A'))
     order by name limit 1`,
    [proof.table, proof.parent, proof.columns, proof.parentColumns],
  );
  return row ? `foreign key ${row.name}` : undefined;
}

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

/**
 * A valid unique index on these columns or on some of them, without a condition, in every partition. A deferred one holds
 * once a transaction is committed. None holds over children by INHERITS, for a foreign table, or where the column's
 * collation calls more values equal than the index does.
 */
async function uniqueProof(
  session: Session,
  proof: Extract<Proof, { kind: 'unique' }>,
): Promise<string | undefined> {
  const [row] = await session.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_index i
     where i.indrelid = to_regclass($1) and i.indisunique and i.indpred is null and i.indexprs is null
       and ${isOneTable('i.indrelid')}
       and not exists (select from pg_index part
         where (part.indexrelid = i.indexrelid or part.indexrelid in (select relid from pg_partition_tree(i.indexrelid)))
           and not (part.indisvalid and part.indisready and part.indislive))
       and (select count(*) from pg_partition_tree(i.indexrelid)) = (select count(*) from pg_partition_tree(i.indrelid))
       and not exists (select from unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[])
           with ordinality as k (attnum, opclass, collated, position)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
         join pg_opclass o on o.oid = k.opclass
         left join pg_collation c on c.oid = a.attcollation
         where k.position <= i.indnkeyatts and (a.attname <> all ($2::name[]) or not o.opcdefault
           or (k.collated <> a.attcollation and not c.collisdeterministic)))
     order by name limit 1`,
    [proof.table.from, proof.columns],
  );
  return row ? `unique index ${row.name}` : undefined;
}

/**
 * A validated, enforced foreign key with exactly these columns, whose triggers are enabled on both sides, in every
 * partition, and off by no setting of a role or a database. None holds for children by INHERITS.
 */
async function foreignKeyProof(
  session: Session,
  proof: Extract<Proof, { kind: 'foreign-key' }>,
): Promise<string | undefined> {
  const [row] = await session.query<{ name: string }>(
    `select c.conname as name from pg_constraint c
     where c.contype = 'f' and c.conrelid = to_regclass($1) and c.confrelid = to_regclass($2)
       and ${isOneTable('c.conrelid')}
       and (select array_agg(a.attname::text || '>' || b.attname::text order by 1)
            from unnest(c.conkey, c.confkey) as k (child, parent)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.child
            join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.parent)
         = (select array_agg(child || '>' || parent order by 1) from unnest($3::text[], $4::text[]) as k (child, parent))
       and not exists (
         with recursive parts as (
           select c.oid, c.convalidated, to_jsonb(c) as facts
           union all
           select p.oid, p.convalidated, to_jsonb(p) from pg_constraint p join parts on p.conparentid = parts.oid)
         select from parts left join pg_trigger t on t.tgconstraint = parts.oid
         -- NOT ENFORCED exists from PostgreSQL 18 on
         where not parts.convalidated or not coalesce((parts.facts ->> 'conenforced')::boolean, true)
           or t.tgenabled not in ('O', 'A'))
       and not exists (select from pg_db_role_setting, unnest(setconfig) as setting
         where setting ~* '^session_replication_role=' and setting !~* '=(origin|local)$')
     order by name limit 1`,
    [proof.table.from, proof.parent.from, proof.columns, proof.parentColumns],
  );
  return row ? `foreign key ${row.name}` : undefined;
}

/** Whether a table has all its rows in itself and its partitions, and none in another server, as an SQL condition. */
export function isOneTable(oid: string): string {
  return `not exists (select from pg_inherits inherited join pg_class child on child.oid = inherited.inhrelid
      where inherited.inhparent = ${oid} and not child.relispartition)
    and not exists (select from pg_class rel
      where rel.relkind = 'f' and rel.oid in (select ${oid} union all select relid from pg_partition_tree(${oid})))`;
}

import type { FindContext, Finding, FindingsCheck } from '../check.ts';
import { literal } from '../sql-text.ts';
import { inScope, type Schemas } from './catalog-check.ts';

interface SequenceUse {
  sequence: string;
  table: string;
  column: string;
  /** The largest value that both the sequence and its column's type hold; text, as it may pass 2^53. */
  limit: string;
  /** Whether the role may read the sequence and the column. */
  readable: boolean;
}

/** Ascending sequences that a column takes its values from: owned by it, or named in its default. */
const sequenceUses = `select distinct s.oid::regclass::text as sequence, a.attrelid::regclass::text as table,
    quote_ident(a.attname) as column,
    least(q.seqmax, case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
      else 9223372036854775807 end)::text as limit,
    has_schema_privilege(s.relnamespace, 'usage') and has_schema_privilege(r.relnamespace, 'usage')
      and has_sequence_privilege(s.oid, 'select') and has_column_privilege(a.attrelid, a.attnum, 'select') as readable
  from pg_class s join pg_sequence q on q.seqrelid = s.oid
  join lateral (
    select d.refobjid as relation, d.refobjsubid as attnum from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0
    union
    select f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid
    where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid
  ) as used on true
  join pg_attribute a on a.attrelid = used.relation and a.attnum = used.attnum
  join pg_class r on r.oid = a.attrelid and not r.relispartition
  join pg_namespace n on n.oid = s.relnamespace
  where q.seqincrement > 0 and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) and ${inScope}
  order by 1, 2, 3`;

/** Sequences whose next value is already in their column: the next insert fails or repeats a number. */
export function sequencesBehind(schemas: Schemas): FindingsCheck {
  return sequenceCheck(schemas, {
    id: 'catalog.sequence-behind',
    description: 'Every sequence is ahead of its column.',
    severity: 'error',
    condition: 'highest >= case when called then last + 1 else last end',
    message: `format('%s.%s is already at %s, the sequence at %s', t, c, highest, last)`,
    fix: `format('select setval(%L, %s);', s, highest)`,
  });
}

/** Sequences that have used more than `maxShare` of their range, or of their column's. */
export function sequencesNearEnd(schemas: Schemas, maxShare: number): FindingsCheck {
  return sequenceCheck(schemas, {
    id: 'catalog.sequence-near-end',
    description: `No sequence has used more than ${Math.round(maxShare * 100)} % of its range.`,
    severity: 'warning',
    condition: `last >= ceiling * ${maxShare}`,
    message: `format('%s of %s used by %s.%s', last, ceiling, t, c)`,
    fix: `format('alter table %s alter column %s type bigint; alter sequence %s as bigint;', t, c, s)`,
  });
}

function sequenceCheck(
  schemas: Schemas,
  options: Pick<FindingsCheck, 'id' | 'description' | 'severity'> &
    Record<'condition' | 'message' | 'fix', string>,
): FindingsCheck {
  const { id, description, severity, condition, message, fix } = options;
  const find = async (context: FindContext): Promise<Finding[]> => {
    const all = await context.query<SequenceUse>(sequenceUses, [schemas]);
    if (all.length === 0) return [];
    // What a role may not read at all, or has named, must be decided: the query below fails for want of a privilege.
    const isForeign = ({ readable }: SequenceUse): boolean => schemas === null && !readable;
    const uses = all.every(isForeign) ? all : all.filter((use) => !isForeign(use));
    const unread = all.filter((use) => !uses.includes(use)).map(undecided);
    // The sequence itself, not pg_sequences: that view shows NULL where the privilege is missing.
    const values = uses.map(
      (use) => `select ${literal(use.sequence)} as s, ${literal(use.table)} as t, ${literal(use.column)} as c,
        last_value::numeric as last, is_called as called, ${use.limit}::numeric as ceiling,
        (select max(${use.column}) from ${use.table}) as highest from ${use.sequence}`,
    );
    const rows = await context.query<{ object: string; message: string; fix: string }>(
      `select s as object, ${message} as message, ${fix} as fix
       from (${values.join('\nunion all ')}) as used where ${condition}`,
    );
    return [...rows.map((row) => ({ ...row, severity })), ...unread];
  };
  return { kind: 'findings', id, description, severity, find };
}

/** What a role that may not read somebody else's schema is told, when all schemas are looked at. */
function undecided({ sequence, table, column }: SequenceUse): Finding {
  return {
    object: sequence,
    severity: 'warning',
    message: `it and ${table}.${column} could not be read: not decided`,
    fix: 'Grant SELECT on both to the role of the checks, or name the schemas to look at.',
  };
}

import type { FindContext, Finding, FindingsCheck } from '../check.ts';
import { literal } from '../sql-text.ts';
import { IN_SCOPE, type Schemas } from './catalog-check.ts';

interface SequenceUse {
  sequence: string;
  table: string;
  column: string;
  /** The largest value that both the sequence and its column's type hold; text, as it may pass 2^53. */
  limit: string;
}

/** Ascending sequences that a column takes its values from: owned by it, or named in its default. */
const USES = `SELECT DISTINCT s.oid::regclass::text AS sequence, a.attrelid::regclass::text AS table,
    quote_ident(a.attname) AS column,
    least(q.seqmax, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
      ELSE 9223372036854775807 END)::text AS limit
  FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid
  JOIN LATERAL (
    SELECT d.refobjid AS relation, d.refobjsubid AS attnum FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
    WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid
  ) AS used ON true
  JOIN pg_attribute a ON a.attrelid = used.relation AND a.attnum = used.attnum
  JOIN pg_class r ON r.oid = a.attrelid AND NOT r.relispartition
  JOIN pg_namespace n ON n.oid = s.relnamespace
  WHERE q.seqincrement > 0 AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND ${IN_SCOPE}
  ORDER BY 1, 2, 3`;

/** Sequences whose next value is already in their column: the next insert fails or repeats a number. */
export function sequencesBehind(schemas: Schemas): FindingsCheck {
  return sequenceCheck(schemas, {
    id: 'catalog.sequence-behind',
    description: 'Every sequence is ahead of its column.',
    severity: 'error',
    condition: 'highest >= CASE WHEN called THEN last + 1 ELSE last END',
    message: `format('%s.%s is already at %s, the sequence at %s', t, c, highest, last)`,
    fix: `format('SELECT setval(%L, %s);', s, highest)`,
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
    fix: `format('ALTER TABLE %s ALTER COLUMN %s TYPE bigint; ALTER SEQUENCE %s AS bigint;', t, c, s)`,
  });
}

function sequenceCheck(
  schemas: Schemas,
  options: Pick<FindingsCheck, 'id' | 'description' | 'severity'> &
    Record<'condition' | 'message' | 'fix', string>,
): FindingsCheck {
  const { id, description, severity, condition, message, fix } = options;
  const find = async (context: FindContext): Promise<Finding[]> => {
    const uses = await context.query<SequenceUse>(USES, [schemas]);
    if (uses.length === 0) return [];
    // The sequence itself, not pg_sequences: that view shows NULL where the privilege is missing.
    const values = uses.map(
      (use) => `SELECT ${literal(use.sequence)} AS s, ${literal(use.table)} AS t, ${literal(use.column)} AS c,
        last_value::numeric AS last, is_called AS called, ${use.limit}::numeric AS ceiling,
        (SELECT max(${use.column}) FROM ${use.table}) AS highest FROM ${use.sequence}`,
    );
    const rows = await context.query<{ object: string; message: string; fix: string }>(
      `SELECT s AS object, ${message} AS message, ${fix} AS fix
       FROM (${values.join('\nUNION ALL ')}) AS used WHERE ${condition}`,
    );
    return rows.map((row) => ({ ...row, severity }));
  };
  return { kind: 'findings', id, description, severity, find };
}

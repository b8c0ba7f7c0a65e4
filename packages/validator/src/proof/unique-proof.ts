import type { Proof } from '../check.ts';
import type { Session } from '../session.ts';

/** A valid unique index on these columns or on some of them, without a condition. A deferred one holds once a transaction is committed. */
export async function uniqueProof(
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

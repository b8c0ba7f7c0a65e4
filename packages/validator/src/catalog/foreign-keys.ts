import type { FindingsCheck } from '../check.ts';
import { catalogCheck, IN_SCOPE, type Schemas } from './catalog-check.ts';

/**
 * Foreign keys that no index serves: a delete or a key change in the parent then reads the whole table. An index
 * serves one when its first columns are among the foreign key's and refer to all of it or to a unique key of the
 * parent: (order_id) serves (order_id, currency_code) where orders are unique by id.
 */
export function unindexedForeignKeys(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.unindexed-foreign-key',
    description: 'Every foreign key has an index.',
    severity: 'warning',
    values: [schemas],
    sql: `SELECT format('%s.%I', f.conrelid::regclass, f.conname) AS object,
        format('no index starts with (%s)', columns) AS message,
        format('CREATE INDEX CONCURRENTLY ON %s (%s);', f.conrelid::regclass, columns) AS fix
      FROM pg_constraint f JOIN pg_namespace n ON n.oid = f.connamespace
      CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.position)
        FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum) AS listed (columns)
      WHERE f.contype = 'f' AND f.conparentid = 0 AND ${IN_SCOPE}
        AND NOT EXISTS (
          SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
          -- How many of the index's first columns are columns of the foreign key.
          CROSS JOIN LATERAL (SELECT coalesce(min(k.position) - 1, i.indnkeyatts)::int
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
            WHERE k.position <= i.indnkeyatts AND k.attnum <> ALL (f.conkey)) AS run (length)
          -- The columns of the parent that these first columns refer to.
          CROSS JOIN LATERAL (SELECT coalesce(array_agg(f.confkey[array_position(f.conkey, k.attnum)]), '{}')
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
            WHERE k.position <= run.length) AS referred (columns)
          WHERE i.indrelid = f.conrelid AND (i.indisvalid OR c.relkind = 'I') AND am.amname IN ('btree', 'hash')
            AND run.length > 0
            -- A condition that leaves out only rows without a reference does no harm.
            AND (i.indpred IS NULL OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.conrelid
              AND a.attnum = ANY (f.conkey)
              AND pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
            AND (referred.columns @> f.confkey OR EXISTS (SELECT FROM pg_index u
              WHERE u.indrelid = f.confrelid AND u.indisunique AND u.indisvalid AND u.indpred IS NULL
                AND u.indexprs IS NULL AND referred.columns @> (u.indkey::int2[])[0:u.indnkeyatts - 1])))
      ORDER BY 1`,
  });
}

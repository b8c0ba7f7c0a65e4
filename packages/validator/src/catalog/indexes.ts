import type { FindingsCheck } from '../check.ts';
import { catalogCheck, IN_SCOPE, NOT_OF_EXTENSION, type Schemas } from './catalog-check.ts';

/**
 * Indexes that a failed CREATE INDEX CONCURRENTLY left behind. Left out: a partitioned parent, which is invalid until
 * each partition has its index, and an index that is being built. A standby can't see the writer's builds: a warning.
 */
export function invalidIndexes(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.invalid-index',
    description: 'Every index is valid.',
    severity: 'error',
    values: [schemas],
    sql: `SELECT c.oid::regclass::text AS object,
        CASE WHEN pg_is_in_recovery() THEN 'invalid, or still being built on the writer'
             ELSE 'invalid: no query uses it, every write maintains it' END AS message,
        CASE WHEN pg_is_in_recovery() THEN 'warning' END AS severity,
        -- REINDEX of an index that REINDEX CONCURRENTLY left behind would only rebuild the copy.
        CASE WHEN c.relname ~ '_ccnew\\d*$|_ccold\\d*$' THEN format('DROP INDEX CONCURRENTLY %s;', c.oid::regclass)
             ELSE format('REINDEX INDEX CONCURRENTLY %s;', c.oid::regclass) END AS fix
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${IN_SCOPE}
        -- The progress view hides the table from other roles, the locks of a building process are seen by all.
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p JOIN pg_locks l ON l.pid = p.pid
          WHERE l.relation = i.indrelid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
      ORDER BY 1`,
  });
}

/** Indexes that another one makes redundant: equal ones, and those whose columns are the first of another's. */
export function duplicateIndexes(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.duplicate-index',
    description: 'No index is redundant.',
    severity: 'warning',
    values: [schemas],
    sql: `WITH idx AS (
        SELECT i.*, c.relname, c.oid::regclass AS name, c.relam,
          i.indkey::int2[] AS columns, i.indclass::oid[] AS classes, i.indcollation::oid[] AS collations,
          i.indoption::int2[] AS options,
          pg_get_expr(i.indexprs, i.indrelid) AS expressions, pg_get_expr(i.indpred, i.indrelid) AS predicate,
          i.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS needed
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE i.indisvalid AND NOT c.relispartition AND ${IN_SCOPE} AND ${NOT_OF_EXTENSION})
      SELECT DISTINCT ON (a.name::text) a.name::text AS object,
        format(CASE WHEN a.columns = b.columns THEN 'the same as %s' ELSE 'its columns are the first of %s' END,
          b.name) AS message,
        format('DROP INDEX CONCURRENTLY %s;', a.name) AS fix
      FROM idx a JOIN idx b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.relam = a.relam
        AND b.indnkeyatts >= a.indnkeyatts
        -- The key columns of a are the first of b; arrays of indexes start at 0.
        AND b.columns[0:a.indnkeyatts - 1] = a.columns[0:a.indnkeyatts - 1]
        AND b.classes[0:a.indnkeyatts - 1] = a.classes[0:a.indnkeyatts - 1]
        AND b.collations[0:a.indnkeyatts - 1] = a.collations[0:a.indnkeyatts - 1]
        AND b.options[0:a.indnkeyatts - 1] = a.options[0:a.indnkeyatts - 1]
        AND b.columns @> a.columns
        AND a.expressions IS NOT DISTINCT FROM b.expressions AND a.predicate IS NOT DISTINCT FROM b.predicate
      WHERE NOT a.needed
        -- A unique index enforces a rule: only an equal one makes it redundant.
        AND (NOT a.indisunique OR (b.indisunique AND b.indnkeyatts = a.indnkeyatts
          AND to_jsonb(a) ->> 'indnullsnotdistinct' IS NOT DISTINCT FROM to_jsonb(b) ->> 'indnullsnotdistinct'))
        -- Only in a B-tree are the first columns an index of their own.
        AND (b.indnkeyatts = a.indnkeyatts OR (SELECT amname FROM pg_am WHERE oid = a.relam) = 'btree')
        -- Of two equal ones keep the one that a constraint needs, then the unique one, then the older one.
        AND NOT (b.indnkeyatts = a.indnkeyatts AND a.columns = b.columns
          AND NOT b.needed AND a.indisunique = b.indisunique AND b.indexrelid > a.indexrelid)
      ORDER BY 1, (a.columns = b.columns) DESC, b.name::text`,
  });
}

import type { SchemaDifference } from '@mikro-orm/postgresql';
import type { Finding } from '../check.ts';
import type { Comparison } from './compare-schemas.ts';

/**
 * A finding of one difference, with the SQL for nothing but that.
 *
 * @param kind `unknown`: in the database and not in the entities; `cosmetic`: nothing depends on it
 */
export function driftFinding(
  { difference, toSql }: Comparison,
  kind: 'unknown' | 'cosmetic' | 'wrong',
  object: string,
  message: string,
  only: Partial<SchemaDifference>,
): Finding {
  const sql = toSql({ ...nothing(difference), ...only });
  return {
    object,
    severity: kind === 'wrong' ? 'error' : 'warning',
    message,
    // Somebody else may have made it, and need it.
    fix: kind === 'unknown' ? `-- Only if nothing needs it:\n${sql}` : sql,
  };
}

function nothing({ fromSchema }: SchemaDifference): SchemaDifference {
  return {
    newNamespaces: new Set(),
    newNativeEnums: [],
    newTables: {},
    changedTables: {},
    removedTables: {},
    newViews: {},
    changedViews: {},
    removedViews: {},
    newRoutines: {},
    changedRoutines: {},
    removedRoutines: {},
    removedNamespaces: new Set(),
    removedNativeEnums: [],
    orphanedForeignKeys: [],
    fromSchema,
  };
}

import type { IndexStmt } from 'libpg-query';
import { relationName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { onTemporaryCopy, temporaryName } from './temporary-copy.ts';

/** An index as the catalog shows it. */
export interface FoundIndex {
  /** Qualified and quoted. */
  name: string;
  isValid: boolean;
  /** Whether another session builds it now. */
  isBeingBuilt: boolean;
  /** What follows the name of the table in its definition, with UNIQUE before it. */
  definition: string;
}

/** The index of that name on the table, if there is one. */
export async function findIndex(
  session: Queryable,
  table: string,
  index: string,
): Promise<FoundIndex | undefined> {
  const [row] = await session.query(
    `select format('%I.%I', n.nspname, c.relname) as name, i.indisvalid and i.indisready as valid,
       exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid) as building,
       case when i.indisunique then 'unique ' else '' end
         || substring(pg_get_indexdef(c.oid) from position(' USING ' in pg_get_indexdef(c.oid)) + 1) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = to_regclass(?) and c.relname = ?`,
    [table, index],
  );
  if (row === undefined) return undefined;
  return {
    name: String(row['name']),
    isValid: row['valid'] === true,
    isBeingBuilt: row['building'] === true,
    definition: String(row['definition']),
  };
}

/** What the definition of the index would be, made on an empty copy of its table. */
export async function expectedDefinition(
  session: Queryable,
  sql: string,
  statement: IndexStmt,
): Promise<string> {
  const { relation, idxname = '' } = statement;
  if (relation === undefined) throw new Error('An index has a table.');
  const made = await onTemporaryCopy(session, sql, [relation], () =>
    findIndex(session, temporaryName(relation.relname), idxname),
  );
  if (made === undefined) throw new Error(`The index ${idxname} was not made on the copy of its table.`);
  return made.definition;
}

/**
 * Why the index is not what its statement says; undefined when it is.
 *
 * @param compare whether the statement may have found the index, so that its definition can be another one
 */
export async function indexFault(
  session: Queryable,
  sql: string,
  statement: IndexStmt,
  compare: boolean,
): Promise<{ problem: string; remedy: string } | undefined> {
  const { relation, idxname = '', concurrent } = statement;
  const table = relationName(relation);
  const found = await findIndex(session, table, idxname);
  if (found === undefined) {
    return {
      problem: `there is no index ${idxname} on ${table}: another relation of the schema has its name`,
      remedy: 'Give the index another name.',
    };
  }
  const drop = `drop index ${concurrent ? 'concurrently ' : ''}${found.name}`;
  // The index of a partitioned table is valid once each partition has one.
  if (!found.isValid && relation?.inh === true) {
    return {
      problem: `the index ${found.name} is invalid: what a failed build has left`,
      remedy: `Drop it: ${drop}.`,
    };
  }
  if (!compare) return undefined;
  const expected = await expectedDefinition(session, sql, statement);
  if (found.definition === expected) return undefined;
  return {
    problem: `the index ${found.name} exists with another definition: ${found.definition}; the statement says: ${expected}`,
    remedy: `If nothing needs it, drop it: ${drop}. Otherwise give the index of the migration another name.`,
  };
}

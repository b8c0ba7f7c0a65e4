import type { Node, RangeVar } from 'libpg-query';
import { qualifiedName } from './identifiers.ts';
import type { Ledger } from './ledger.ts';
import { parseStatements } from './parse-statements.ts';
import type { MigrationPlan } from './plan-migration.ts';
import type { Fault } from './refuse-faults.ts';

/**
 * Migrations that create tables which are there already: somebody else has made them, and IF NOT EXISTS would hide
 * it. For a ledger without rows.
 *
 * @param schema of the run; undefined is the search path of the connection
 */
export async function existingTableFaults(
  ledger: Ledger,
  plans: readonly MigrationPlan[],
  schema: string | undefined,
): Promise<Fault[]> {
  const [current] = await ledger.query('select coalesce(?::text, current_schema()) as schema', [
    schema ?? null,
  ]);
  const defaultSchema = String(current?.['schema']);
  const nameOf = ({ schemaname, relname }: RangeVar): string =>
    qualifiedName([schemaname ?? defaultSchema, relname ?? '']);
  const removed = new Set<string>();
  const faults: Fault[] = [];
  for (const plan of plans) {
    for (const { sql } of plan.statements) {
      for (const { node } of await parseStatements(sql)) {
        for (const table of removedTables(node)) removed.add(nameOf(table));
        const created = createdTable(node);
        if (created === undefined || removed.has(nameOf(created))) continue;
        const [found] = await ledger.query('select to_regclass(?) is not null as exists', [nameOf(created)]);
        if (found?.['exists'] !== true) continue;
        faults.push({
          name: plan.name,
          problem: `creates the table ${nameOf(created)}, which exists, and the ledger ${ledger.table} has no row. Taking over a database is not supported yet. If it has all that this migration does, record it with logMigration().`,
        });
      }
    }
  }
  return faults;
}

function createdTable(node: Node): RangeVar | undefined {
  const relation =
    'CreateStmt' in node
      ? node.CreateStmt.relation
      : 'CreateTableAsStmt' in node
        ? node.CreateTableAsStmt.into?.rel
        : undefined;
  return relation?.relpersistence === 't' ? undefined : relation;
}

/** Tables that a statement drops, renames or moves, so that a later one may create them. */
function removedTables(node: Node): RangeVar[] {
  if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_TABLE') {
    return node.RenameStmt.relation ? [node.RenameStmt.relation] : [];
  }
  if ('AlterObjectSchemaStmt' in node) {
    return node.AlterObjectSchemaStmt.relation ? [node.AlterObjectSchemaStmt.relation] : [];
  }
  if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_TABLE') return [];
  return (node.DropStmt.objects ?? []).flatMap((object) => {
    if (!('List' in object)) return [];
    const parts = (object.List.items ?? []).flatMap((item) =>
      'String' in item ? [item.String.sval ?? ''] : [],
    );
    const relname = parts.at(-1);
    if (relname === undefined) return [];
    const schemaname = parts.at(-2);
    return [{ relname, ...(schemaname !== undefined && { schemaname }) }];
  });
}

import type { Node, RangeVar } from 'libpg-query';
import { namePartsOf, relationName } from './identifiers.ts';
import type { Ledger } from './ledger.ts';
import { migratorCommand } from './migrator-command.ts';
import type { MigrationPlan } from './plan-migration.ts';
import type { Fault } from './refuse-faults.ts';

/**
 * Migrations that create tables which exist already: somebody else has created them, and IF NOT EXISTS would hide
 * that. For a ledger without rows.
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
  const schemaname = String(current?.['schema']);
  const nameOf = (table: RangeVar): string => relationName({ schemaname, ...table });
  const removed = new Set<string>();
  const created: { name: string; table: string }[] = [];
  for (const plan of plans) {
    for (const { node } of plan.statements) {
      for (const table of removedTables(node)) removed.add(nameOf(table));
      const table = createdTable(node);
      if (table !== undefined && !removed.has(nameOf(table))) {
        created.push({ name: plan.name, table: nameOf(table) });
      }
    }
  }
  const found = await ledger.query(
    'select name from jsonb_array_elements_text(?::jsonb) as name where to_regclass(name) is not null',
    [JSON.stringify(created.map(({ table }) => table))],
  );
  const existing = new Set(found.map(({ name }) => name));
  return created
    .filter(({ table }) => existing.has(table))
    .map(({ name, table }) => ({
      name,
      problem: `creates the table ${table}, which exists, and the ledger ${ledger.table} has no rows. If the database already has all changes up to this migration: ${migratorCommand('baseline', name)}.`,
    }));
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
  return (node.DropStmt.objects ?? []).map((object) => {
    const [relname, schemaname] = namePartsOf(object).toReversed();
    return { relname, ...(schemaname !== undefined && { schemaname }) };
  });
}

import type { AlterTableCmd, AlterTableStmt } from 'libpg-query';
import type { LintStatement } from './lint-statement.ts';
import { nodeOf, nodesOf } from './nodes.ts';
import type { SchemaModel, TableModel } from './schema-model.ts';
import { quoted } from './sql-text.ts';

/** What a rule judges: a statement, and what is known before it runs. */
export interface Context extends LintStatement {
  model: SchemaModel;
  /** The statements of the same migration that run before. */
  earlier: readonly LintStatement[];
  later: readonly LintStatement[];
}

/** One command of an ALTER TABLE. */
export interface TableChange {
  command: AlterTableCmd;
  subtype: AlterTableCmd['subtype'];
  alter: AlterTableStmt;
  /** The name of the table as SQL. */
  name: string;
  table: TableModel | undefined;
}

/** The commands of an ALTER TABLE of a table that others can use already. */
export function tableChanges({ node, model }: Pick<Context, 'node' | 'model'>): TableChange[] {
  const alter = nodeOf(node, 'AlterTableStmt');
  if (alter === undefined || alter.objtype !== 'OBJECT_TABLE' || model.isNew(alter.relation)) return [];
  const name = relationSql(alter.relation);
  const table = model.table(alter.relation);
  return nodesOf(alter.cmds, 'AlterTableCmd').map((command) => ({
    command,
    subtype: command.subtype,
    alter,
    name,
    table,
  }));
}

/** The name of a relation as SQL, quoted where needed. */
export function relationSql({
  schemaname,
  relname = '',
}: { schemaname?: string; relname?: string } = {}): string {
  return schemaname === undefined ? quoted(relname) : `${quoted(schemaname)}.${quoted(relname)}`;
}

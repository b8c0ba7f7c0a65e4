import type { ColumnDef } from 'libpg-query';
import { type Context, relationSql } from './context.ts';
import { nodeOf, nodesOf } from './nodes.ts';
import { quoted } from './sql-text.ts';

/** The columns that a statement creates, or changes the type of, in new tables and old ones, each as `table.column`. */
export function addedColumns({ node }: Context): { name: string; column: ColumnDef }[] {
  const create = nodeOf(node, 'CreateStmt');
  const alter = nodeOf(node, 'AlterTableStmt');
  const table = relationSql((create ?? alter)?.relation);
  const created = nodesOf(create?.tableElts, 'ColumnDef').map((column) => ({ column, name: column.colname }));
  const altered = nodesOf(alter?.cmds, 'AlterTableCmd').flatMap(({ def, name, subtype }) => {
    const column = nodeOf(def, 'ColumnDef');
    const isOne = subtype === 'AT_AddColumn' || subtype === 'AT_AlterColumnType';
    return column && isOne ? [{ column, name: column.colname ?? name }] : [];
  });
  return [...created, ...altered].map(({ column, name = '' }) => ({
    column,
    name: `${table}.${quoted(name)}`,
  }));
}

import type { AlterTableCmd, AlterTableStmt, Node, RenameStmt } from 'libpg-query';
import { relationSql } from '../lint/context.ts';
import { nodeOf, type NodeKind, type NodeOf, nodesOf, rangeVarOf } from '../lint/nodes.ts';
import { constraintName } from '../lint/schema-model.ts';
import { quoted } from '../lint/sql-text.ts';
import { parseStatements } from '../parse-statements.ts';

/** Statements that undo one; none where nothing needs to be undone; undefined where nobody can. */
type Inverse = readonly string[] | undefined;

/** The statements that undo others, in their order; undefined if one of them cannot be undone. */
export async function inverseOf(statements: readonly string[]): Promise<string[] | undefined> {
  const inverse: string[] = [];
  for (const text of statements) {
    for (const { node } of (await parseStatements(text)).toReversed()) {
      const own = undo(node);
      if (own === undefined) return undefined;
      inverse.unshift(...own);
    }
  }
  return inverse;
}

function undo(node: Node): Inverse {
  // A node is an object with one key, its kind.
  const [[kind, statement] = []] = Object.entries(node);
  const own = inverses[kind as NodeKind] as ((statement: unknown) => Inverse) | undefined;
  return own?.(statement);
}

const none: Inverse = [];

const inverses: { [Kind in NodeKind]?: (statement: NodeOf<Kind>) => Inverse } = {
  CreateSchemaStmt: ({ schemaname = '' }) => [`drop schema ${quoted(schemaname)}`],
  CreateEnumStmt: ({ typeName }) => [
    `drop type ${relationSql(rangeVarOf({ List: { items: typeName ?? [] } }))}`,
  ],
  CreateStmt: ({ relation }) => [`drop table ${relationSql(relation)}`],
  ViewStmt: ({ view, replace }) => (replace ? undefined : [`drop view ${relationSql(view)}`]),
  CreateTableAsStmt: ({ into, objtype }) =>
    objtype === 'OBJECT_MATVIEW' ? [`drop materialized view ${relationSql(into?.rel)}`] : undefined,
  CreateTrigStmt: ({ trigname = '', relation }) => [
    `drop trigger ${quoted(trigname)} on ${relationSql(relation)}`,
  ],
  CreatePolicyStmt: ({ policy_name: name = '', table }) => [
    `drop policy ${quoted(name)} on ${relationSql(table)}`,
  ],
  // It was created with CREATE OR REPLACE for its trigger, and is of no use without it.
  CreateFunctionStmt: ({ replace }) => (replace ? none : undefined),
  CreateSeqStmt: ({ if_not_exists: mayExist, sequence }) =>
    mayExist ? none : [`drop sequence ${relationSql(sequence)}`],
  AlterSeqStmt: () => none,
  SelectStmt: () => none,
  // Values of an enum stay, and remarks do no harm.
  AlterEnumStmt: () => none,
  CommentStmt: () => none,
  IndexStmt: ({ idxname = '', relation, concurrent }) => {
    const { schemaname } = relation ?? {};
    const name = relationSql({ relname: idxname, ...(schemaname !== undefined && { schemaname }) });
    return [`drop index ${concurrent ? 'concurrently ' : ''}${name}`];
  },
  RenameStmt: renamed,
  AlterTableStmt: altered,
};

function renamed({ renameType, relation, subname = '', newname = '' }: RenameStmt): Inverse {
  const { schemaname, relname = '' } = relation ?? {};
  const now = relationSql({ relname: newname, ...(schemaname !== undefined && { schemaname }) });
  if (renameType === 'OBJECT_TABLE') return [`alter table ${now} rename to ${quoted(relname)}`];
  if (renameType === 'OBJECT_INDEX') return [`alter index ${now} rename to ${quoted(relname)}`];
  const kind =
    renameType === 'OBJECT_COLUMN' ? 'column' : renameType === 'OBJECT_TABCONSTRAINT' ? 'constraint' : '';
  if (kind === '') return undefined;
  return [`alter table ${relationSql(relation)} rename ${kind} ${quoted(newname)} to ${quoted(subname)}`];
}

function altered({ relation, cmds, objtype }: AlterTableStmt): Inverse {
  if (objtype !== 'OBJECT_TABLE') return undefined;
  const undone: string[] = [];
  for (const command of nodesOf(cmds, 'AlterTableCmd')) {
    const own = undoCommand(command, relation?.relname ?? '');
    if (own === undefined) return undefined;
    undone.unshift(...own);
  }
  return undone.length === 0 ? none : [`alter table ${relationSql(relation)} ${undone.join(', ')}`];
}

function undoCommand({ subtype, name = '', def }: AlterTableCmd, table: string): Inverse {
  const column = nodeOf(def, 'ColumnDef');
  const constraint = nodeOf(def, 'Constraint');
  if (subtype === 'AT_AddColumn') return [`drop column ${quoted(column?.colname ?? '')}`];
  if (subtype === 'AT_AddConstraint' && constraint)
    return [`drop constraint ${quoted(constraintName(`.${table}`, constraint))}`];
  if (subtype === 'AT_SetNotNull') return [`alter column ${quoted(name)} drop not null`];
  if (subtype === 'AT_ValidateConstraint') return none;
  if (subtype === 'AT_EnableRowSecurity') return ['disable row level security'];
  if (subtype === 'AT_ForceRowSecurity') return ['no force row level security'];
  return undefined;
}

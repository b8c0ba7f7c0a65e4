import type { AlterTableCmd, AlterTableStmt, DropStmt, Node, RangeVar, RenameStmt } from 'libpg-query';
import { relationSql } from '../lint/context.ts';
import { nodeOf, type NodeKind, type NodeOf, nodesOf, rangeVarOf } from '../lint/nodes.ts';
import { constraintName } from '../lint/schema-model.ts';
import { quoted } from '../lint/sql-text.ts';
import { parseStatements } from '../parse-statements.ts';
import type { Definitions } from './definitions.ts';

/** Statements that undo one; none where nothing needs to be undone; undefined where nobody can. */
type Inverse = readonly string[] | undefined;

/**
 * The statements that undo others, in their order; undefined if one of them cannot be undone.
 *
 * @param before what the database had
 */
export async function inverseOf(
  statements: readonly string[],
  before: Definitions,
): Promise<string[] | undefined> {
  const nodes = (await Promise.all(statements.map(parseStatements))).flat().map(({ node }) => node);
  const inverse: string[] = [];
  // What helps for a while is gone already.
  const helpers = new Set(
    constraintsOf(nodes, 'AT_DropConstraint').filter(
      (name) => constraintsOf(nodes, 'AT_AddConstraint').includes(name) && !before.constraints.has(name),
    ),
  );
  for (const node of nodes) {
    const own = undo(node, { before, helpers });
    if (own === undefined) return undefined;
    inverse.unshift(...own);
  }
  return inverse;
}

interface Past {
  before: Definitions;
  /** Constraints that are both added and dropped. */
  helpers: ReadonlySet<string>;
}

/** The constraints that ALTER TABLE adds or drops, as {@link Definitions} names them. */
function constraintsOf(nodes: readonly Node[], kind: AlterTableCmd['subtype']): string[] {
  return nodes.flatMap((node) => {
    const alter = nodeOf(node, 'AlterTableStmt');
    return nodesOf(alter?.cmds, 'AlterTableCmd').flatMap(({ subtype, name, def }) =>
      subtype === kind ? [`${keyOf(alter?.relation)}.${name ?? nodeOf(def, 'Constraint')?.conname}`] : [],
    );
  });
}

function keyOf({ schemaname = 'public', relname = '' }: RangeVar = {}): string {
  return `${schemaname}.${relname}`;
}

function undo(node: Node, past: Past): Inverse {
  // A node is an object with one key, its kind.
  const [[kind, statement] = []] = Object.entries(node);
  const own = inverses[kind as NodeKind] as ((statement: unknown, past: Past) => Inverse) | undefined;
  return own?.(statement, past);
}

const none: Inverse = [];

const inverses: { [Kind in NodeKind]?: (statement: NodeOf<Kind>, past: Past) => Inverse } = {
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
    // One that a key has taken over went with the key.
    return [`drop index ${concurrent ? 'concurrently ' : ''}if exists ${name}`];
  },
  DropStmt: dropped,
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

/** An index is built again; what else was dropped does not show. */
function dropped({ removeType, objects, concurrent }: DropStmt, { before }: Past): Inverse {
  if (removeType !== 'OBJECT_INDEX') return undefined;
  const definitions = (objects ?? []).map((each) => before.indexes.get(keyOf(rangeVarOf(each))));
  return definitions.includes(undefined)
    ? undefined
    : definitions.map((each) =>
        String(each).replace(/ index /i, concurrent ? ' index concurrently ' : ' index '),
      );
}

function altered({ relation, cmds, objtype }: AlterTableStmt, past: Past): Inverse {
  if (objtype !== 'OBJECT_TABLE') return undefined;
  const undone: string[] = [];
  for (const command of nodesOf(cmds, 'AlterTableCmd')) {
    const own = undoCommand(command, relation, past);
    if (own === undefined) return undefined;
    undone.unshift(...own);
  }
  return undone.length === 0 ? none : [`alter table ${relationSql(relation)} ${undone.join(', ')}`];
}

function undoCommand(
  { subtype, name = '', def }: AlterTableCmd,
  relation: RangeVar | undefined,
  { before, helpers }: Past,
): Inverse {
  const column = nodeOf(def, 'ColumnDef');
  const constraint = nodeOf(def, 'Constraint');
  const key = keyOf(relation);
  if (subtype === 'AT_AddColumn') return [`drop column ${quoted(column?.colname ?? '')}`];
  if (subtype === 'AT_AddConstraint' && constraint) {
    const own = constraintName(key, constraint);
    return helpers.has(`${key}.${own}`) ? none : [`drop constraint ${quoted(own)}`];
  }
  if (subtype === 'AT_DropConstraint') {
    const definition = before.constraints.get(`${key}.${name}`);
    if (definition !== undefined) return [`add constraint ${quoted(name)} ${definition}`];
    return helpers.has(`${key}.${name}`) ? none : undefined;
  }
  if (subtype === 'AT_ColumnDefault') {
    const old = before.defaults.get(`${key}.${name}`);
    return [`alter column ${quoted(name)} ${old === undefined ? 'drop default' : `set default ${old}`}`];
  }
  if (subtype === 'AT_SetNotNull') return [`alter column ${quoted(name)} drop not null`];
  if (subtype === 'AT_ValidateConstraint') return none;
  if (subtype === 'AT_EnableRowSecurity') return ['disable row level security'];
  if (subtype === 'AT_ForceRowSecurity') return ['no force row level security'];
  return undefined;
}

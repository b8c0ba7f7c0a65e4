import type {
  AlterTableCmd,
  AlterTableStmt,
  Constraint,
  CreateStmt,
  DropStmt,
  Node,
  RangeVar,
} from 'libpg-query';
import { isOn } from '../classify-statement.ts';
import { namePartsOf, qualifiedName, relationName } from '../identifiers.ts';
import { type LockMode, lockModeOf, strongerMode } from './lock-mode.ts';

/** A lock that a statement takes, by what the statement names; the catalog says which tables that are. */
export interface LockRequest {
  /** The quoted name of a relation, or of a schema. */
  name: string;
  mode: LockMode;
  /** What the name stands for; `index` locks its table, too, and `schema` all that is in it. Default `relation`. */
  kind?: 'relation' | 'index' | 'schema';
  /** Without partitions and heirs (`ONLY`). */
  only?: boolean;
  /** Also the tables at the other end of foreign keys: of one constraint, of one column, or of all. */
  foreignKeys?: { mode: LockMode; constraint?: string; column?: string; referencingOnly?: boolean };
  /** Also the default partition, whose rows are checked. */
  defaultPartition?: boolean;
  /** Also the views over it (`CASCADE`). */
  views?: boolean;
}

/** The locks of a statement, as far as its parse tree shows them. */
export interface LockSet {
  requests: LockRequest[];
  /** Why there can be more, such as `a DO block`; undefined when there are not. */
  unknown?: string;
}

/**
 * Reads from the parse tree which tables a statement locks against others, and how.
 *
 * Left out is `access share`, which all reads take: only what takes `access exclusive` waits for it.
 */
export function lockSetOf(node: Node): LockSet {
  const [[kind, statement] = []] = Object.entries(node);
  const read = readers[kind as NodeKind] as ((statement: unknown) => LockRequest[]) | undefined;
  const requests = [...(read?.(statement) ?? []), ...changesIn(node)];
  const unknown = unknownLocks(node);
  return unknown === undefined ? { requests } : { requests, unknown };
}

type KeyOf<T> = T extends unknown ? keyof T : never;
type NodeKind = KeyOf<Node>;
type StatementOf<Kind extends NodeKind> =
  Extract<Node, Record<Kind, unknown>> extends Record<Kind, infer Statement> ? Statement : never;

const readers: { [Kind in NodeKind]?: (statement: StatementOf<Kind>) => LockRequest[] } = {
  AlterTableStmt: alterTable,
  CreateStmt: createTable,
  DropStmt: drop,
  IndexStmt: ({ relation, concurrent }) => on(relation, concurrent ? 'share update exclusive' : 'share'),
  ReindexStmt: ({ relation, kind, params }) => {
    if (isOn(params, 'concurrently')) return on(relation, 'share update exclusive');
    if (kind !== 'REINDEX_OBJECT_INDEX') return on(relation, 'share');
    return [...on(relation, 'access exclusive'), ...on(relation, 'share', { kind: 'index' })];
  },
  RenameStmt: ({ relation, renameType }) =>
    on(relation, renameType === 'OBJECT_INDEX' ? 'share update exclusive' : 'access exclusive'),
  AlterObjectSchemaStmt: ({ relation }) => on(relation, 'access exclusive'),
  TruncateStmt: ({ relations, behavior }) =>
    rangeVars(relations).flatMap((relation) =>
      on(relation, 'access exclusive', {
        ...(behavior === 'DROP_CASCADE' && {
          foreignKeys: { mode: 'access exclusive', referencingOnly: true },
        }),
      }),
    ),
  LockStmt: ({ relations, mode }) =>
    rangeVars(relations).flatMap((relation) => on(relation, lockModeOf(mode ?? 8))),
  CreateTrigStmt: ({ relation, constrrel }) => [
    ...on(relation, 'share row exclusive'),
    ...on(constrrel, 'share row exclusive'),
  ],
  RuleStmt: ({ relation }) => on(relation, 'access exclusive'),
  CreatePolicyStmt: ({ table }) => on(table, 'access exclusive'),
  AlterPolicyStmt: ({ table }) => on(table, 'access exclusive'),
  ViewStmt: ({ view, replace }) => (replace ? on(view, 'access exclusive') : []),
  RefreshMatViewStmt: ({ relation, concurrent }) =>
    on(relation, concurrent ? 'exclusive' : 'access exclusive'),
  ClusterStmt: ({ relation }) => on(relation, 'access exclusive'),
  VacuumStmt: ({ rels, options }) =>
    (rels ?? []).flatMap((rel) =>
      'VacuumRelation' in rel
        ? on(
            rel.VacuumRelation.relation,
            isOn(options, 'full') ? 'access exclusive' : 'share update exclusive',
          )
        : [],
    ),
  CommentStmt: ({ objtype, object }) => ofObject(objtype, object, 'share update exclusive'),
  SecLabelStmt: ({ objtype, object }) => ofObject(objtype, object, 'share update exclusive'),
  CreateStatsStmt: ({ relations }) =>
    rangeVars(relations).flatMap((relation) => on(relation, 'share update exclusive')),
  AlterSeqStmt: ({ sequence }) => on(sequence, 'share row exclusive'),
  CreatePublicationStmt: ({ pubobjects }) => published(pubobjects),
  AlterPublicationStmt: ({ pubobjects }) => published(pubobjects),
};

function on(
  relation: RangeVar | undefined,
  mode: LockMode,
  more: Omit<LockRequest, 'name' | 'mode'> = {},
): LockRequest[] {
  // A parse tree has no `inh` for ONLY.
  return relation === undefined
    ? []
    : [{ name: relationName(relation), mode, only: relation.inh !== true, ...more }];
}

/** Commands of ALTER TABLE that need less than `access exclusive`; see AlterTableGetLockLevel in PostgreSQL. */
const weakerCommands: Partial<Record<NonNullable<AlterTableCmd['subtype']>, LockMode>> = {
  AT_SetStatistics: 'share update exclusive',
  AT_SetOptions: 'share update exclusive',
  AT_ResetOptions: 'share update exclusive',
  AT_ClusterOn: 'share update exclusive',
  AT_DropCluster: 'share update exclusive',
  AT_SetRelOptions: 'share update exclusive',
  AT_ResetRelOptions: 'share update exclusive',
  AT_ValidateConstraint: 'share update exclusive',
  AT_AttachPartition: 'share update exclusive',
  AT_EnableTrig: 'share row exclusive',
  AT_EnableAlwaysTrig: 'share row exclusive',
  AT_EnableReplicaTrig: 'share row exclusive',
  AT_EnableTrigAll: 'share row exclusive',
  AT_EnableTrigUser: 'share row exclusive',
  AT_DisableTrig: 'share row exclusive',
  AT_DisableTrigAll: 'share row exclusive',
  AT_DisableTrigUser: 'share row exclusive',
};

/** Tables, views, indexes, sequences and composite types. */
function alterTable({ relation, cmds, objtype }: AlterTableStmt): LockRequest[] {
  const commands = (cmds ?? []).flatMap((cmd) => ('AlterTableCmd' in cmd ? [cmd.AlterTableCmd] : []));
  const mode = commands.map(commandMode).reduce(strongerMode, 'share update exclusive');
  const attaches = commands.some(({ def }) => partitionOf(def) !== undefined && objtype !== 'OBJECT_INDEX');
  return [
    ...on(relation, mode, attaches ? { only: true } : {}),
    ...commands.flatMap((command) => besides(relation, command)),
  ];
}

function commandMode({ subtype, def }: AlterTableCmd): LockMode {
  if (subtype === 'AT_AddConstraint' && constraintOf(def)?.contype === 'CONSTR_FOREIGN') {
    return 'share row exclusive';
  }
  if (def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent)
    return 'share update exclusive';
  return (subtype && weakerCommands[subtype]) ?? 'access exclusive';
}

/** What a command of ALTER TABLE locks besides the table. */
function besides(
  relation: RangeVar | undefined,
  { subtype, name, def, behavior }: AlterTableCmd,
): LockRequest[] {
  const all = 'access exclusive';
  const views = behavior === 'DROP_CASCADE';
  switch (subtype) {
    case 'AT_AddColumn':
    case 'AT_AddConstraint':
      return referenced(def === undefined ? [] : [def]);
    case 'AT_ValidateConstraint':
      return name === undefined
        ? []
        : on(relation, 'share update exclusive', { foreignKeys: { mode: 'row share', constraint: name } });
    case 'AT_DropConstraint':
      return name === undefined
        ? []
        : on(relation, all, { foreignKeys: { mode: all, constraint: name }, views });
    case 'AT_AlterColumnType':
    case 'AT_DropColumn':
      return name === undefined ? [] : on(relation, all, { foreignKeys: { mode: all, column: name }, views });
    case 'AT_AttachPartition':
      return [
        ...on(partitionOf(def), all),
        ...on(relation, 'share update exclusive', {
          only: true,
          defaultPartition: true,
          foreignKeys: { mode: 'share row exclusive' },
        }),
      ];
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize':
      return [
        ...on(partitionOf(def), all, { foreignKeys: { mode: 'share row exclusive' } }),
        ...on(relation, 'share update exclusive', { only: true, defaultPartition: true }),
      ];
    case 'AT_AddInherit':
    case 'AT_DropInherit':
      return def !== undefined && 'RangeVar' in def ? on(def.RangeVar, 'share update exclusive') : [];
    default:
      return [];
  }
}

function partitionOf(def: Node | undefined): RangeVar | undefined {
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd.name : undefined;
}

function createTable({ relation, tableElts, inhRelations, partbound }: CreateStmt): LockRequest[] {
  if (relation?.relpersistence === 't') return [];
  const parents = rangeVars(inhRelations).flatMap((parent) =>
    partbound === undefined
      ? on(parent, 'share update exclusive', { only: true })
      : on(parent, 'access exclusive', {
          only: true,
          defaultPartition: true,
          foreignKeys: { mode: 'share row exclusive' },
        }),
  );
  return [...parents, ...referenced(tableElts ?? [])];
}

/** The tables that foreign keys in the definition of a table, a column or a constraint refer to. */
function referenced(elements: readonly Node[]): LockRequest[] {
  return elements.flatMap((element) => {
    if ('ColumnDef' in element) return referenced(element.ColumnDef.constraints ?? []);
    return on(constraintOf(element)?.pktable, 'share row exclusive');
  });
}

function constraintOf(node: Node | undefined): Constraint | undefined {
  return node !== undefined && 'Constraint' in node ? node.Constraint : undefined;
}

const droppedRelations = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_SEQUENCE',
]);
const partsOfTable = new Set([
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
]);

function drop({ objects, removeType, behavior, concurrent }: DropStmt): LockRequest[] {
  const mode = concurrent ? 'share update exclusive' : 'access exclusive';
  const cascade = behavior === 'DROP_CASCADE';
  return (objects ?? []).flatMap((object): LockRequest[] => {
    if (removeType === 'OBJECT_SCHEMA') {
      const schema = 'String' in object ? (object.String.sval ?? '') : '';
      return cascade
        ? [{ name: qualifiedName([schema]), mode, kind: 'schema', foreignKeys: { mode }, views: true }]
        : [];
    }
    if (removeType === 'OBJECT_INDEX')
      return [{ name: qualifiedName(namePartsOf(object)), mode, kind: 'index' }];
    if (removeType !== undefined && droppedRelations.has(removeType)) {
      return [{ name: qualifiedName(namePartsOf(object)), mode, foreignKeys: { mode }, views: cascade }];
    }
    return ofObject(removeType, object, mode);
  });
}

/** The table of a trigger, column, ..., whose name is the last part of the object's. */
function ofObject(type: string | undefined, object: Node | undefined, mode: LockMode): LockRequest[] {
  const parts = namePartsOf(object);
  if (type === undefined || parts.length === 0) return [];
  if (partsOfTable.has(type)) return [{ name: qualifiedName(parts.slice(0, -1)), mode }];
  if (type === 'OBJECT_INDEX' || droppedRelations.has(type)) {
    return [{ name: qualifiedName(parts), mode, only: true }];
  }
  return [];
}

function published(objects: readonly Node[] | undefined): LockRequest[] {
  return (objects ?? []).flatMap((object) =>
    'PublicationObjSpec' in object
      ? on(object.PublicationObjSpec.pubtable?.relation, 'share update exclusive')
      : [],
  );
}

/** The tables that INSERT, UPDATE, DELETE and MERGE change, also within WITH, by statements anywhere in the tree. */
function changesIn(value: unknown): LockRequest[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => [
    ...(changing.has(key) ? on((child as { relation?: RangeVar }).relation, 'row exclusive') : []),
    ...changesIn(child),
  ]);
}

const changing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

const unknownByKind: Partial<Record<NodeKind, string>> = {
  DoStmt: 'a DO block',
  CallStmt: 'a procedure',
  ExecuteStmt: 'a prepared statement',
  CreateExtensionStmt: 'the script of an extension',
  AlterExtensionStmt: 'the script of an extension',
  AlterDomainStmt: 'the tables that use the domain',
  AlterTableMoveAllStmt: 'the tables of the tablespace',
  DropOwnedStmt: 'what the role owns',
  ReassignOwnedStmt: 'what the role owns',
};

/** Why a statement can lock what its tree does not show. */
function unknownLocks(node: Node): string | undefined {
  const [kind] = Object.keys(node) as NodeKind[];
  if (kind !== undefined && unknownByKind[kind] !== undefined) return unknownByKind[kind];
  if ('DropStmt' in node && node.DropStmt.behavior === 'DROP_CASCADE') {
    const { removeType } = node.DropStmt;
    if (removeType === 'OBJECT_TYPE' || removeType === 'OBJECT_DOMAIN' || removeType === 'OBJECT_FUNCTION') {
      return 'what depends on the dropped object';
    }
  }
  return 'SelectStmt' in node && callsFunction(node) ? 'a function' : undefined;
}

function callsFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, child]) => key === 'FuncCall' || callsFunction(child));
}

function rangeVars(nodes: readonly Node[] | undefined): RangeVar[] {
  return (nodes ?? []).flatMap((node) => ('RangeVar' in node ? [node.RangeVar] : []));
}

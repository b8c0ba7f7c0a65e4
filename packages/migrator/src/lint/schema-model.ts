import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  IndexStmt,
  Node,
  RangeVar,
} from 'libpg-query';
import {
  columnsIn,
  constraintsOf,
  nodeOf,
  type NodeKind,
  type NodeOf,
  nodesOf,
  rangeVarOf,
  type SqlType,
  stringsOf,
  typeOf,
} from './nodes.ts';
import { madeUpName } from './sql-text.ts';

export interface ColumnModel {
  type: SqlType;
  isNotNull: boolean;
  /** The run that added it; undefined: it was there before. */
  createdIn: number | undefined;
}

export interface ConstraintModel {
  kind: Constraint['contype'];
  isValidated: boolean;
  /** Of a check: the columns that it forbids to be null. */
  notNullColumns: string[];
  /** The statement that added it not validated, and the run. */
  addedBy: string | undefined;
}

export interface IndexModel {
  table: string;
  /** Expressions left out. */
  columns: string[];
  /** What it is on, without its name; undefined if that is not known. */
  definition: string | undefined;
  createdIn: number | undefined;
}

/** What is known of a table. */
export interface TableModel {
  createdIn: number | undefined;
  /** Whether statements of its run have written rows into it. */
  isFilled: boolean;
  /** Whether all its columns and constraints are known. */
  isComplete: boolean;
  isPartitioned: boolean;
  hasDefaultPartition: boolean;
  /** The partitions, as keys. */
  partitions: string[];
  /** About how many rows it has; undefined if that is not known. */
  rows: number | undefined;
  columns: Map<string, ColumnModel>;
  constraints: Map<string, ConstraintModel>;
}

/** What is known of the database that the migrations find. */
export interface ServerModel {
  /** Such as 170004; undefined if there is no database to ask. */
  version?: number;
  /** The time zone of the sessions that migrate. */
  timeZone?: string;
  /** Whether a function, by its name, is volatile. */
  volatility?: ReadonlyMap<string, boolean>;
}

/**
 * The schema as far as the statements, and the database, have shown it. A table that it does not know exists, and has
 * rows: nothing else is safe to assume.
 */
export class SchemaModel {
  readonly tables = new Map<string, TableModel>();
  readonly indexes = new Map<string, IndexModel>();
  /** Enums, domains and composite types, with the run that created them. */
  readonly types = new Map<string, number | undefined>();
  /** Those that statements created, with whether they are volatile. */
  readonly functions = new Map<string, boolean>();
  /** Functions that only triggers can call. */
  readonly triggerFunctions = new Set<string>();
  /** Functions and sequences by their names, with the run that created them. */
  readonly objectRuns = new Map<string, number>();
  readonly server: ServerModel;
  readonly #defaultSchema: string;
  #run = 0;

  constructor(server: ServerModel = {}, defaultSchema = 'public') {
    this.server = server;
    this.#defaultSchema = defaultSchema;
  }

  /** Begins another run: what was there is in use from now on. */
  beginRun(): void {
    this.#run++;
  }

  keyOf({ schemaname = this.#defaultSchema, relname = '' }: RangeVar = {}): string {
    return `${schemaname}.${relname}`;
  }

  table(relation: RangeVar | undefined): TableModel | undefined {
    return this.tables.get(this.keyOf(relation));
  }

  /** Whether the run itself has created the table, so that nobody else uses it. */
  isNew(relation: RangeVar | undefined): boolean {
    return relation?.relpersistence === 't' || this.isOfThisRun(this.table(relation)?.createdIn);
  }

  isOfThisRun(createdIn: number | undefined): boolean {
    return createdIn === this.#run;
  }

  index(name: RangeVar): IndexModel | undefined {
    return this.indexes.get(this.keyOf(name));
  }

  /** Whether a function can return another value each time: undefined if nobody knows. */
  isVolatile(name: string): boolean | undefined {
    return this.functions.get(name) ?? this.server.volatility?.get(name);
  }

  /** Whether no row can have null there, and PostgreSQL knows it without a look at the rows. */
  isKnownNotNull(relation: RangeVar | undefined, column: string): boolean {
    const table = this.table(relation);
    if (table === undefined) return false;
    return (
      table.columns.get(column)?.isNotNull === true ||
      [...table.constraints.values()].some(
        ({ isValidated, notNullColumns }) => isValidated && notNullColumns.includes(column),
      )
    );
  }

  addTable(key: string, table: Partial<TableModel>): TableModel {
    const added = { ...emptyTable(), ...table };
    this.tables.set(key, added);
    return added;
  }

  /** Takes over what a statement changes. @param by which migration it is in */
  apply(node: Node, by: string): void {
    const [[kind, statement] = []] = Object.entries(node);
    const change = this.#changes[kind as NodeKind] as ((statement: unknown, by: string) => void) | undefined;
    change?.(statement, by);
  }

  readonly #changes: { [Kind in NodeKind]?: (statement: NodeOf<Kind>, by: string) => void } = {
    CreateStmt: (statement) => this.#createTable(statement),
    CreateTableAsStmt: ({ into }) => {
      const key = this.keyOf(into?.rel);
      this.addTable(key, { createdIn: this.#run, isFilled: true, isComplete: false });
    },
    InsertStmt: ({ relation }) => this.#fill(relation),
    CopyStmt: ({ relation, is_from }) => is_from && this.#fill(relation),
    IndexStmt: ({ idxname, relation, unique = false, ...index }) => {
      if (idxname === undefined) return;
      const { schemaname } = relation ?? {};
      const key = this.keyOf({ ...(schemaname !== undefined && { schemaname }), relname: idxname });
      const table = this.keyOf(relation);
      const definition = indexDefinition({ ...index, unique });
      this.indexes.set(key, { table, columns: indexColumns(index), definition, createdIn: this.#run });
    },
    AlterTableStmt: (statement, by) => this.#alterTable(statement, by),
    RenameStmt: ({ renameType, relation, subname, newname = '' }) => {
      const table = this.table(relation);
      if (renameType === 'OBJECT_TABLE' && table) {
        this.tables.delete(this.keyOf(relation));
        this.tables.set(this.keyOf({ ...relation, relname: newname }), table);
      }
      const renamed: Map<string, unknown> | undefined =
        renameType === 'OBJECT_COLUMN'
          ? table?.columns
          : renameType === 'OBJECT_TABCONSTRAINT'
            ? table?.constraints
            : undefined;
      if (renamed === undefined || subname === undefined || !renamed.has(subname)) return;
      renamed.set(newname, renamed.get(subname));
      renamed.delete(subname);
    },
    DropStmt: ({ removeType, objects }) => {
      for (const object of objects ?? []) {
        const key = this.keyOf(rangeVarOf(object));
        if (removeType === 'OBJECT_INDEX') this.indexes.delete(key);
        if (removeType === 'OBJECT_TYPE' || removeType === 'OBJECT_DOMAIN') this.types.delete(key);
        if (removeType !== 'OBJECT_TABLE' && removeType !== 'OBJECT_MATVIEW') continue;
        this.tables.delete(key);
        for (const [name, { table }] of this.indexes) if (table === key) this.indexes.delete(name);
      }
    },
    CreateEnumStmt: ({ typeName }) => this.#createType(stringsOf(typeName)),
    CreateDomainStmt: ({ domainname }) => this.#createType(stringsOf(domainname)),
    CompositeTypeStmt: ({ typevar }) => void this.types.set(this.keyOf(typevar), this.#run),
    CreateSeqStmt: ({ sequence }) => void this.objectRuns.set(sequence?.relname ?? '', this.#run),
    CreateFunctionStmt: ({ funcname, options, returnType, replace = false }) => {
      const volatility = nodesOf(options, 'DefElem').find(({ defname }) => defname === 'volatility')?.arg;
      const isVolatile = (nodeOf(volatility, 'String')?.sval ?? 'volatile') === 'volatile';
      const name = stringsOf(funcname).at(-1) ?? '';
      this.functions.set(name, isVolatile);
      if (/^(?:event_)?trigger$/.test(typeOf(returnType).name)) this.triggerFunctions.add(name);
      if (!replace) this.objectRuns.set(name, this.#run);
    },
  };

  #createType(names: string[]): void {
    const [relname = '', schemaname] = names.toReversed();
    this.types.set(this.keyOf({ relname, ...(schemaname !== undefined && { schemaname }) }), this.#run);
  }

  #fill(relation: RangeVar | undefined): void {
    const table = this.table(relation);
    if (table) table.isFilled = true;
  }

  #createTable({
    relation,
    tableElts,
    inhRelations,
    partspec,
    partbound,
    if_not_exists,
    ofTypename,
  }: CreateStmt): void {
    const key = this.keyOf(relation);
    if (if_not_exists && this.tables.has(key)) return;
    const table = this.addTable(key, {
      createdIn: this.#run,
      isPartitioned: partspec !== undefined,
      isComplete:
        inhRelations === undefined &&
        ofTypename === undefined &&
        nodesOf(tableElts, 'TableLikeClause').length === 0,
    });
    for (const column of nodesOf(tableElts, 'ColumnDef')) this.#addColumn(key, table, column, '');
    for (const constraint of nodesOf(tableElts, 'Constraint')) this.addConstraint(key, table, constraint, '');
    const parent = partbound && inhRelations ? this.table(nodesOf(inhRelations, 'RangeVar')[0]) : undefined;
    if (parent === undefined) return;
    parent.partitions.push(key);
    if (partbound?.is_default) parent.hasDefaultPartition = true;
  }

  #addColumn(key: string, table: TableModel, column: ColumnDef, by: string): void {
    const { colname = '', typeName } = column;
    const constraints = constraintsOf(column);
    const isNotNull =
      isSerial(column) ||
      constraints.some(({ contype }) =>
        ['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY'].includes(contype ?? ''),
      );
    table.columns.set(colname, { type: typeOf(typeName), isNotNull, createdIn: this.#run });
    for (const each of constraints) this.addConstraint(key, table, each, by, colname);
  }

  /** @param by the migration that adds it */
  addConstraint(key: string, table: TableModel, constraint: Constraint, by: string, column?: string): void {
    const { contype: kind } = constraint;
    if (kind === undefined || !namedConstraints.has(kind)) return;
    const name = constraintName(key, constraint, column);
    const notNullColumns = kind === 'CONSTR_CHECK' ? columnsForbiddenToBeNull(constraint.raw_expr) : [];
    const isValidated = constraint.skip_validation !== true;
    table.constraints.set(name, { kind, isValidated, notNullColumns, addedBy: isValidated ? undefined : by });
    if (kind === 'CONSTR_PRIMARY') {
      for (const each of column === undefined ? stringsOf(constraint.keys) : [column]) {
        const known = table.columns.get(each);
        if (known) known.isNotNull = true;
      }
    }
    if (kind === 'CONSTR_PRIMARY' || kind === 'CONSTR_UNIQUE') {
      const [schema = ''] = key.split('.', 1);
      const createdIn = by === '' && table.createdIn === undefined ? undefined : this.#run;
      const columns = column === undefined ? stringsOf(constraint.keys) : [column];
      const index = { table: key, columns, definition: undefined, createdIn };
      if (constraint.indexname === undefined) this.indexes.set(`${schema}.${name}`, index);
    }
  }

  #alterTable({ relation, cmds }: AlterTableStmt, by: string): void {
    const key = this.keyOf(relation);
    const table = this.tables.get(key) ?? this.addTable(key, { isComplete: false });
    for (const command of nodesOf(cmds, 'AlterTableCmd')) this.#alter(key, table, command, by);
  }

  #alter(key: string, table: TableModel, { subtype, name = '', def }: AlterTableCmd, by: string): void {
    const column = table.columns.get(name);
    const definition = nodeOf(def, 'ColumnDef');
    const constraint = nodeOf(def, 'Constraint');
    const partition = nodeOf(def, 'PartitionCmd');
    if (subtype === 'AT_AddColumn' && definition) this.#addColumn(key, table, definition, by);
    if (subtype === 'AT_DropColumn') table.columns.delete(name);
    const known = column ?? { type: unknownType, isNotNull: false, createdIn: undefined };
    if (subtype === 'AT_SetNotNull') table.columns.set(name, { ...known, isNotNull: true });
    if (subtype === 'AT_DropNotNull') table.columns.set(name, { ...known, isNotNull: false });
    if (subtype === 'AT_AlterColumnType') {
      table.columns.set(name, { ...known, type: typeOf(definition?.typeName) });
    }
    if (subtype === 'AT_AddConstraint' && constraint) this.addConstraint(key, table, constraint, by);
    if (subtype === 'AT_DropConstraint') {
      table.constraints.delete(name);
      this.indexes.delete(`${key.split('.', 1)[0]}.${name}`);
    }
    if (subtype === 'AT_ValidateConstraint') {
      const validated = table.constraints.get(name);
      if (validated) validated.isValidated = true;
    }
    if (subtype === 'AT_AttachPartition') {
      table.isPartitioned = true;
      table.partitions.push(this.keyOf(partition?.name));
      if (partition?.bound?.is_default) table.hasDefaultPartition = true;
    }
    if (subtype === 'AT_DetachPartition') {
      const detached = this.keyOf(partition?.name);
      table.partitions = table.partitions.filter((each) => each !== detached);
    }
  }
}

const namedConstraints = new Set([
  'CONSTR_CHECK',
  'CONSTR_FOREIGN',
  'CONSTR_UNIQUE',
  'CONSTR_PRIMARY',
  'CONSTR_EXCLUSION',
]);

function emptyTable(): TableModel {
  return {
    createdIn: undefined,
    isFilled: false,
    isComplete: true,
    isPartitioned: false,
    hasDefaultPartition: false,
    partitions: [],
    rows: undefined,
    columns: new Map(),
    constraints: new Map(),
  };
}

const unknownType: SqlType = { name: '', modifiers: [], isArray: false };

const labels: Partial<Record<string, string>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'fkey',
  CONSTR_UNIQUE: 'key',
  CONSTR_PRIMARY: 'pkey',
  CONSTR_EXCLUSION: 'excl',
};

/**
 * The name of a constraint, also where PostgreSQL makes it up.
 *
 * @param key of the table
 * @param column that it is written at
 */
export function constraintName(key: string, constraint: Constraint, column?: string): string {
  const { conname, contype = 'CONSTR_CHECK', raw_expr, keys, fk_attrs } = constraint;
  if (conname !== undefined) return conname;
  const table = key.slice(key.indexOf('.') + 1);
  const read = columnsIn(raw_expr);
  const columns =
    contype === 'CONSTR_PRIMARY'
      ? []
      : column !== undefined
        ? [column]
        : contype === 'CONSTR_CHECK'
          ? read.length === 1
            ? read
            : []
          : stringsOf(contype === 'CONSTR_FOREIGN' ? fk_attrs : keys);
  return madeUpName(table, columns.join('_'), labels[contype] ?? 'key');
}

export function isSerial({ typeName }: ColumnDef): boolean {
  return /^((big|small)?serial|serial[248])$/.test(typeOf(typeName).name);
}

/** The columns of a check that PostgreSQL takes for not null: `a is not null`, alone or joined with AND. */
function columnsForbiddenToBeNull(expression: Node | undefined): string[] {
  const test = nodeOf(expression, 'NullTest');
  if (test?.nulltesttype === 'IS_NOT_NULL') {
    const names = stringsOf(nodeOf(test.arg, 'ColumnRef')?.fields);
    return names.length === 1 ? names : [];
  }
  const all = nodeOf(expression, 'BoolExpr');
  return all?.boolop === 'AND_EXPR' ? (all.args ?? []).flatMap(columnsForbiddenToBeNull) : [];
}

/** The columns that an index is on, expressions left out. */
export function indexColumns({ indexParams }: Pick<IndexStmt, 'indexParams'>): string[] {
  return nodesOf(indexParams, 'IndexElem').flatMap(({ name }) => name ?? []);
}

/** What an index is on, its name and the manner of its building left out. */
export function indexDefinition(index: object): string {
  return JSON.stringify(index, (key, value: unknown) =>
    ['location', 'concurrent', 'if_not_exists', 'idxcomment'].includes(key) ? undefined : value,
  );
}

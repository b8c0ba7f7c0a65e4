import type { AlterTableCmd, ColumnDef, Constraint } from 'libpg-query';
import { columnParts, type ColumnConstraint } from './column-parts.ts';
import { type Context, tableChanges } from './context.ts';
import type { Rewrite } from './finding.ts';
import { nodeOf, nodesOf, stringsOf, typeOf } from './nodes.ts';
import { constraintName, isSerial } from './schema-model.ts';
import { isComment, madeUpName, quoted } from './sql-text.ts';
import { mayBeVolatile } from './volatility.ts';

/** What an ALTER TABLE becomes, in the order in which it runs. */
export interface Phases {
  /** The text before the commands: `alter table item`. */
  header: string;
  /** Statements that create what columns take their values from. */
  sequences: string[];
  /** Commands of columns that a later phase needs. */
  columns: string[];
  /** Statements that build indexes. */
  indexes: string[];
  /** The other commands of the statement. */
  main: string[];
  /** Commands after which nobody can write null any more. */
  required: string[];
  /** Commands that make keys of the indexes. */
  keys: string[];
  /** Statements that look at all rows, and block nobody. */
  validations: string[];
  /** Statements that need no look at the rows any more. */
  after: string[];
  /** Commands of a primary key whose columns are made NOT NULL before. */
  last: string[];
  /** Statements that remove what helped. */
  cleanup: string[];
  /** The columns whose rows must get a value before they are validated. */
  fills: string[];
  notes: string[];
}

/** The same changes as an ALTER TABLE makes, without a look at all rows or a rewrite under a lock that stops others. */
export function safeAlterTable(context: Context): Rewrite | undefined {
  const phases = safePhases(context);
  if (phases === undefined) return undefined;
  const {
    header,
    sequences,
    columns,
    indexes,
    main,
    required,
    keys,
    validations,
    after,
    last,
    cleanup,
    notes,
  } = phases;
  const alter = (...commands: string[]): string[] =>
    commands.length === 0 ? [] : [`${header} ${commands.join(', ')}`];
  const isSplit = sequences.length + indexes.length > 0;
  const statements = [
    ...(isSplit ? alter(...columns) : []),
    ...sequences,
    ...indexes,
    ...alter(...(isSplit ? [] : columns), ...main, ...required, ...keys),
    ...validations,
    ...after,
    ...alter(...last),
    ...cleanup,
  ];
  return { statements, ...(notes.length > 0 && { note: notes.join(' ') }) };
}

/** What {@link safeAlterTable} is made of; undefined for a table that nobody uses yet, or if nobody knows. */
export function safePhases(context: Context): Phases | undefined {
  const changes = tableChanges(context);
  const [first] = changes;
  if (first === undefined) return undefined;
  const { text } = context;
  const { header, parts } = commandTexts(context);
  if (parts.length !== changes.length) return undefined;
  const phases: Phases = {
    header,
    sequences: [],
    columns: [],
    indexes: [],
    main: [],
    required: [],
    keys: [],
    validations: [],
    after: [],
    last: [],
    cleanup: [],
    fills: [],
    notes: [],
  };
  const table = new SafeTable(context, phases, first.name);
  for (const [index, { command }] of changes.entries()) {
    const [start, end] = parts[index] ?? [0, 0];
    table.change(command, text.slice(start, end), [start, end]);
  }
  return table.isUnknown ? undefined : phases;
}

/** The text before the commands, and where each command is. */
function commandTexts({ text, start, end, node }: Context): {
  header: string;
  parts: [number, number][];
} {
  const relation = nodeOf(node, 'AlterTableStmt')?.relation;
  const tokens = text.tokens(start, end).filter((token) => !isComment(token));
  const at = tokens.findIndex((token) => token.start >= (relation?.location ?? start));
  let last =
    at + (relation?.schemaname === undefined ? 0 : 2) + (relation?.catalogname === undefined ? 0 : 2);
  // A star behind the name stands for its descendants.
  if (tokens[last + 1]?.text === '*') last++;
  const headerEnd = tokens[last]?.end ?? end;
  return { header: text.slice(start, headerEnd), parts: text.parts(headerEnd, end) };
}

class SafeTable {
  readonly #context: Context;
  readonly #phases: Phases;
  readonly #name: string;
  readonly #key: string;
  /** Whether it depends on the version of PostgreSQL, which is not known. */
  isUnknown = false;

  constructor(context: Context, phases: Phases, name: string) {
    this.#context = context;
    this.#phases = phases;
    this.#name = name;
    this.#key = context.model.keyOf(nodeOf(context.node, 'AlterTableStmt')?.relation);
  }

  change(command: AlterTableCmd, text: string, place: [number, number]): void {
    const { subtype, name = '', def } = command;
    const { main } = this.#phases;
    const constraint = nodeOf(def, 'Constraint');
    const column = nodeOf(def, 'ColumnDef');
    if (subtype === 'AT_AddColumn' && column) return this.#addColumn(column, place);
    if (subtype === 'AT_AddConstraint' && constraint) return this.#addConstraint(constraint, text, place);
    if (subtype === 'AT_SetNotNull') return this.#setNotNull(name, text);
    if (subtype === 'AT_DetachPartition' && nodeOf(def, 'PartitionCmd')?.concurrent !== true) {
      return void main.push(`${text} concurrently`);
    }
    main.push(text);
  }

  #addColumn(column: ColumnDef, place: [number, number]): void {
    const { text, model } = this.#context;
    const { columns, main, after, notes } = this.#phases;
    const { colname = '' } = column;
    const name = quoted(colname);
    const { head, constraints } = columnParts(text, place, column);
    const ofKind = (kind: string): ColumnConstraint[] =>
      constraints.filter(({ node }) => node.contype === kind);
    const volatile = ofKind('CONSTR_DEFAULT').filter(({ node }) => mayBeVolatile(node.raw_expr, model));
    const serial = isSerial(column);
    const hasValue =
      ofKind('CONSTR_DEFAULT').length > volatile.length ||
      ofKind('CONSTR_GENERATED').length > 0 ||
      ofKind('CONSTR_IDENTITY').length > 0;
    const isPulledNotNull = (ofKind('CONSTR_NOTNULL').length > 0 || serial) && !hasValue;
    const keys = [...ofKind('CONSTR_UNIQUE'), ...ofKind('CONSTR_PRIMARY')];
    const pulled = new Set([
      ...volatile,
      ...(isPulledNotNull ? ofKind('CONSTR_NOTNULL') : []),
      ...ofKind('CONSTR_FOREIGN'),
      ...ofKind('CONSTR_CHECK'),
      ...keys,
    ]);
    const kept = constraints.filter((each) => !pulled.has(each)).map((each) => each.text);
    const type = serialType(column);
    const plainHead = serial ? head.replace(/\S+$/, type) : head;
    const sequence = madeUpName(this.#key.slice(this.#key.indexOf('.') + 1), colname, 'seq');
    const schema = this.#name.includes('.') ? this.#name.slice(0, this.#name.lastIndexOf('.') + 1) : '';
    if (serial) this.#phases.sequences.push(`create sequence ${schema}${quoted(sequence)} as ${type}`);
    columns.push([plainHead, ...kept].join(' '));
    // Before anything asks for a value: the rows that are written from now on have one.
    for (const each of volatile) {
      main.push(`alter column ${name} set ${each.text.replace(/^constraint\s+\S+\s+/i, '')}`);
    }
    if (serial) {
      const owned = `${schema}${quoted(sequence)}`;
      main.push(`alter column ${name} set default nextval('${owned.replaceAll("'", "''")}'::regclass)`);
      after.push(`alter sequence ${owned} owned by ${this.#name}.${name}`);
    }
    if (volatile.length > 0 || isPulledNotNull) {
      notes.push(`Fill ${this.#name}.${name} in batches before it is validated.`);
      this.#phases.fills.push(colname);
    }
    if (isPulledNotNull) {
      this.#setNotNull(colname, this.#notNullCommand(ofKind('CONSTR_NOTNULL')[0]?.node.conname, name));
    }
    for (const { node, text: own } of [...ofKind('CONSTR_CHECK'), ...ofKind('CONSTR_FOREIGN')]) {
      const body =
        node.conname === undefined ? own : own.replace(/^constraint\s+("(?:[^"]|"")+"|\S+)\s+/i, '');
      const foreign = node.contype === 'CONSTR_FOREIGN' ? `foreign key (${name}) ` : '';
      this.#addNotValid(constraintName(this.#key, node, colname), `${foreign}${body}`);
    }
    for (const { node } of keys) this.#addKey(node, constraintName(this.#key, node, colname), [colname]);
  }

  /** Since PostgreSQL 18 such a constraint has a name. */
  #notNullCommand(name: string | undefined, column: string): string {
    const { version } = this.#context.model.server;
    if (name !== undefined && version === undefined) this.isUnknown = true;
    return name !== undefined && (version ?? 0) >= 180_000
      ? `add constraint ${quoted(name)} not null ${column}`
      : `alter column ${column} set not null`;
  }

  #addConstraint(constraint: Constraint, text: string, [start, end]: [number, number]): void {
    const { contype, indexname, skip_validation: isNotValid } = constraint;
    const { model, text: whole } = this.#context;
    const { main } = this.#phases;
    const name = constraintName(this.#key, constraint);
    if ((contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE') && indexname === undefined) {
      return this.#addKey(constraint, name, stringsOf(constraint.keys));
    }
    const isChecked =
      contype === 'CONSTR_FOREIGN' || contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL';
    if (!isChecked || isNotValid || constraint.is_enforced === false) return void main.push(text);
    if (contype === 'CONSTR_NOTNULL' && (model.server.version ?? 180_000) < 180_000)
      return void main.push(text);
    const body = whole.slice(constraint.location ?? start, end);
    const named = constraint.conname !== undefined;
    this.#addNotValid(name, named ? body.replace(/^constraint\s+("(?:[^"]|"")+"|\S+)\s+/i, '') : body);
  }

  #addNotValid(name: string, body: string, to = this.#phases.main): void {
    to.push(`add constraint ${quoted(name)} ${body} not valid`);
    this.#phases.validations.push(`alter table ${this.#name} validate constraint ${quoted(name)}`);
  }

  #setNotNull(column: string, text: string): void {
    const { model, node } = this.#context;
    const { main, required, after, cleanup, fills } = this.#phases;
    const relation = nodeOf(node, 'AlterTableStmt')?.relation;
    if (model.isKnownNotNull(relation, column)) return void main.push(text);
    const check = madeUpName(this.#key.slice(this.#key.indexOf('.') + 1), column, 'not_null_check');
    this.#addNotValid(check, `check (${quoted(column)} is not null)`, required);
    after.push(`alter table ${this.#name} ${text}`);
    cleanup.push(`alter table ${this.#name} drop constraint ${quoted(check)}`);
    if (!fills.includes(column)) fills.push(column);
  }

  /** A unique or primary key: its index is built first, and then taken over. */
  #addKey(constraint: Constraint, name: string, columns: readonly string[]): void {
    const { model, node } = this.#context;
    const relation = nodeOf(node, 'AlterTableStmt')?.relation;
    const { indexes, main, keys, last } = this.#phases;
    const [schema] = this.#key.split('.', 1);
    // The constraint gives the index its own name.
    const isTaken = this.#dropsConstraint(name) || model.indexes.has(`${schema}.${name}`);
    const index = isTaken ? madeUpName(name, '', 'new') : name;
    const nulls = constraint.nulls_not_distinct ? ' nulls not distinct' : '';
    const including = stringsOf(constraint.including).map((each) => quoted(each));
    const include = including.length > 0 ? ` include (${including.join(', ')})` : '';
    const options = nodesOf(constraint.options, 'DefElem').map(
      ({ defname = '', arg }) =>
        `${defname} = ${nodeOf(arg, 'Integer')?.ival ?? nodeOf(arg, 'String')?.sval ?? 'true'}`,
    );
    const storage = options.length > 0 ? ` with (${options.join(', ')})` : '';
    const space = constraint.indexspace === undefined ? '' : ` tablespace ${quoted(constraint.indexspace)}`;
    const on = `${this.#name} (${columns.map((each) => quoted(each)).join(', ')})`;
    indexes.push(
      `create unique index concurrently ${quoted(index)} on ${on}${include}${nulls}${storage}${space}`,
    );
    const kind = constraint.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
    const deferrable = constraint.deferrable ? ' deferrable' : '';
    const deferred = constraint.initdeferred ? ' initially deferred' : '';
    const add = `add constraint ${quoted(name)} ${kind} using index ${quoted(index)}${deferrable}${deferred}`;
    const nullable =
      kind === 'primary key' ? columns.filter((each) => !model.isKnownNotNull(relation, each)) : [];
    for (const each of nullable) this.#setNotNull(each, `alter column ${quoted(each)} set not null`);
    if (nullable.length === 0) return void keys.push(add);
    // The old key goes when the new one comes.
    const dropped = main.filter((each) => /^drop\s+constraint\s/i.test(each));
    this.#phases.main = main.filter((each) => !dropped.includes(each));
    last.push(...dropped, add);
  }

  #dropsConstraint(name: string): boolean {
    return tableChanges(this.#context).some(
      ({ subtype, command }) => subtype === 'AT_DropConstraint' && command.name === name,
    );
  }
}

function serialType(column: ColumnDef): string {
  const { name } = typeOf(column.typeName);
  if (/^(big|serial8)/.test(name)) return 'bigint';
  return /^(small|serial2)/.test(name) ? 'smallint' : 'integer';
}

import { relationSql } from '../lint/context.ts';
import { type LintStatement, lintStatementsOf } from '../lint/lint-statement.ts';
import { functionsIn, nodeOf, nodesBelow, nodesOf, rangeVarOf } from '../lint/nodes.ts';
import { indexRules } from '../lint/rules/indexes.ts';
import { safePhases } from '../lint/safe-alter-table.ts';
import type { SchemaModel } from '../lint/schema-model.ts';
import { madeUpName, quoted } from '../lint/sql-text.ts';
import type { ParsedStatement } from '../parse-statements.ts';
import type { Fill, Phase, Step } from './phases.ts';

/** A statement of MikroORM's diff, or what stands for several. */
interface Change {
  sql: string;
  sources: readonly string[];
}

/**
 * Takes the statements of a diff apart into steps that stop nobody.
 *
 * @param model the database before them; afterwards it has them
 */
export async function splitChanges(
  statements: readonly ParsedStatement[],
  model: SchemaModel,
): Promise<{ steps: Step[]; fills: Fill[] }> {
  const steps: Step[] = [];
  const fills: Fill[] = [];
  const filled = new Set<string>();
  for (const { sql, sources } of joinChanges(statements, model)) {
    for (const statement of await lintStatementsOf({ name: '', transactional: false, queries: [sql] })) {
      const add = (phase: Phase, ...texts: readonly string[]): void => {
        steps.push(...texts.map((text) => ({ phase, sql: text, sources })));
      };
      if (isOfMaterializedView(statement.node, model, filled)) add('views', statement.sql);
      else splitStatement(statement, model, add, (fill) => fills.push({ ...fill, sources }));
      model.apply(statement.node, '');
    }
  }
  return { steps, fills };
}

/** Filling one takes as long as its query. */
function isOfMaterializedView(node: AnyNode, model: SchemaModel, filled: Set<string>): boolean {
  const created = nodeOf(node, 'CreateTableAsStmt')?.into?.rel;
  if (created !== undefined) filled.add(model.keyOf(created));
  const index = nodeOf(node, 'IndexStmt');
  return (
    created !== undefined ||
    (index !== undefined && filled.has(model.keyOf(index.relation))) ||
    nodeOf(node, 'DropStmt')?.removeType === 'OBJECT_MATVIEW'
  );
}

function splitStatement(
  statement: LintStatement,
  model: SchemaModel,
  add: (phase: Phase, ...texts: readonly string[]) => void,
  fill: (fill: Omit<Fill, 'sources'>) => void,
): void {
  const { node, sql } = statement;
  const context = { ...statement, model, earlier: [], later: [] };
  if ('AlterEnumStmt' in node) return add('values', sql);
  if (nodeOf(node, 'RenameStmt')?.renameType === 'OBJECT_INDEX') return add('indexes', sql);
  if ('IndexStmt' in node || ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_INDEX')) {
    const rewrites = indexRules.flatMap(({ check }) =>
      [...check(context)].flatMap(({ rewrite }) => rewrite ?? []),
    );
    return rewrites[0] === undefined ? add('expand', sql) : add('indexes', ...rewrites[0].statements);
  }
  const phases = 'AlterTableStmt' in node ? safePhases(context) : undefined;
  if (phases === undefined || !('AlterTableStmt' in node)) return add('expand', sql);
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
    fills,
  } = phases;
  const { relation } = node.AlterTableStmt;
  const [schema = '', table = ''] = split(model.keyOf(relation));
  for (const column of fills) fill({ schema, table, column });
  const alter = (...commands: readonly string[]): string[] =>
    commands.length === 0 ? [] : [`${header} ${commands.join(', ')}`];
  // A key that is replaced holds until the new one does.
  const isReplaced = (command: string): boolean =>
    keys.length + last.length > 0 && /^drop\s+constraint\s/i.test(command);
  add('expand', ...sequences, ...alter(...columns, ...main.filter((each) => !isReplaced(each))));
  add('indexes', ...indexes);
  // A check that forbids null would shut out the previous release, which does not know the column.
  add('validate', ...alter(...required), ...validations, ...after);
  add('validate', ...alter(...main.filter(isReplaced), ...keys, ...last), ...cleanup);
}

function split(key: string): [string, string] {
  const at = key.indexOf('.');
  return [key.slice(0, at), key.slice(at + 1)];
}

/**
 * Joins what MikroORM emits apart: a constraint or an index that is dropped and created again, a column that begins to
 * take its values from a sequence. Leaves out the CASCADE of views that are created again.
 */
function joinChanges(statements: readonly ParsedStatement[], model: SchemaModel): Change[] {
  const changes = statements.map(({ sql, node }) => ({ sql, node, sources: [sql] as readonly string[] }));
  const left = new Set(changes);
  for (const change of changes) {
    const dropped = droppedConstraint(change.node);
    const again =
      dropped === undefined ? undefined : changes.find(({ node }) => addedConstraint(node) === dropped);
    if (again !== undefined) {
      const [command = ''] = /\bdrop constraint [^]*$/i.exec(change.sql) ?? [];
      again.sql = again.sql.replace(/\badd constraint\b/i, `${command}, add constraint`);
      again.sources = [...change.sources, ...again.sources];
      left.delete(change);
    }
    const index = droppedIndex(change.node, model);
    const built = index && changes.find(({ node }) => createdIndex(node, model) === index.key);
    if (index !== undefined && built !== undefined) {
      const [schema, name] = [index.schema, index.name];
      const beside = quoted(madeUpName(name, '', 'new'));
      built.sql = [
        built.sql.replace(/^(create (?:unique )?index) (?:"(?:[^"]|"")+"|\S+)/i, `$1 ${beside}`),
        change.sql,
        `alter index ${quoted(schema)}.${beside} rename to ${quoted(name)}`,
      ].join(';\n');
      built.sources = [...change.sources, ...built.sources];
      left.delete(change);
    }
    const sequence = createdSequence(change.node);
    const taking = sequence === undefined ? undefined : changes.find(({ node }) => takesFrom(node, sequence));
    if (sequence !== undefined && taking !== undefined) {
      const valued = changes.filter(({ node }) => setsSequence(node, sequence));
      const joined = sequenceOf(taking, sequence, model);
      if (joined === undefined) continue;
      taking.sql = joined;
      taking.sources = [change, ...valued, taking].flatMap(({ sources }) => sources);
      for (const each of [change, ...valued]) left.delete(each);
    }
    const drop = nodeOf(change.node, 'DropStmt');
    if (drop && /^OBJECT_(MAT)?VIEW$/.test(drop.removeType ?? '')) {
      change.sql = change.sql.replace(/\s+cascade\s*$/i, '').replace(/\bif exists\s+/i, '');
    }
  }
  return changes.filter((change) => left.has(change)).map(({ sql, sources }) => ({ sql, sources }));
}

type AnyNode = ParsedStatement['node'];

/** The table and name of the constraint that an ALTER TABLE drops, alone. */
function droppedConstraint(node: AnyNode): string | undefined {
  const alter = nodeOf(node, 'AlterTableStmt');
  const [command, ...others] = nodesOf(alter?.cmds, 'AlterTableCmd');
  if (command?.subtype !== 'AT_DropConstraint' || others.length > 0) return undefined;
  return `${relationSql(alter?.relation)} ${command.name}`;
}

function addedConstraint(node: AnyNode): string | undefined {
  const alter = nodeOf(node, 'AlterTableStmt');
  const [command, ...others] = nodesOf(alter?.cmds, 'AlterTableCmd');
  if (command?.subtype !== 'AT_AddConstraint' || others.length > 0) return undefined;
  return `${relationSql(alter?.relation)} ${nodeOf(command.def, 'Constraint')?.conname}`;
}

function droppedIndex(
  node: AnyNode,
  model: SchemaModel,
): { key: string; schema: string; name: string } | undefined {
  const drop = nodeOf(node, 'DropStmt');
  if (drop?.removeType !== 'OBJECT_INDEX') return undefined;
  const range = rangeVarOf(drop.objects?.[0]);
  const key = model.keyOf(range);
  const [schema, name] = split(key);
  return { key, schema, name };
}

/** An index is in the schema of its table. */
function createdIndex(node: AnyNode, model: SchemaModel): string | undefined {
  const index = nodeOf(node, 'IndexStmt');
  if (index === undefined) return undefined;
  const [schema] = split(model.keyOf(index.relation));
  return `${schema}.${index.idxname}`;
}

function createdSequence(node: AnyNode): string | undefined {
  const sequence = nodeOf(node, 'CreateSeqStmt');
  return sequence?.if_not_exists && sequence.sequence?.schemaname === undefined
    ? sequence.sequence?.relname
    : undefined;
}

function takesFrom(node: AnyNode, sequence: string): boolean {
  const alter = nodeOf(node, 'AlterTableStmt');
  const [command] = nodesOf(alter?.cmds, 'AlterTableCmd');
  return command?.subtype === 'AT_ColumnDefault' && callsWith(command.def, 'nextval', sequence);
}

function setsSequence(node: AnyNode, sequence: string): boolean {
  return 'SelectStmt' in node && callsWith(node, 'setval', sequence);
}

function callsWith(expression: unknown, name: string, text: string): boolean {
  if (!functionsIn({ expression }).includes(name)) return false;
  return [...nodesBelow({ expression })].some(([kind, node]) => kind === 'sval' && node['sval'] === text);
}

/** MikroORM names the sequence without a schema, and takes no care that it belongs to its column. */
function sequenceOf({ node }: { node: AnyNode }, name: string, model: SchemaModel): string | undefined {
  const alter = nodeOf(node, 'AlterTableStmt');
  const [command] = nodesOf(alter?.cmds, 'AlterTableCmd');
  const column = command?.name ?? '';
  const [schema] = split(model.keyOf(alter?.relation));
  const table = relationSql(alter?.relation);
  const type = model.table(alter?.relation)?.columns.get(column)?.type.name;
  const types: Record<string, string> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };
  if (type === undefined || types[type] === undefined) return undefined;
  const sequence = `${quoted(schema)}.${quoted(name)}`;
  const literal = `'${sequence.replaceAll("'", "''")}'::regclass`;
  return [
    `create sequence if not exists ${sequence} as ${types[type]} owned by ${table}.${quoted(column)}`,
    `select setval(${literal}, coalesce((select max(${quoted(column)}) from ${table}), 0) + 1, false)`,
    `alter table ${table} alter column ${quoted(column)} set default nextval(${literal})`,
  ].join(';\n');
}

import { withClient } from '../with-client.ts';
import { UserError } from '@ecommerce-dms/errors';
import {
  type AbstractSqlDriver,
  type DatabaseView,
  SchemaComparator,
  SchemaGenerator,
} from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { qualifiedName } from '../identifiers.ts';
import type { Ledger } from '../ledger.ts';
import type { Finding } from '../lint/finding.ts';
import { lintStatements } from '../lint/lint-statements.ts';
import { nodeOf, nodesOf } from '../lint/nodes.ts';
import type { SchemaModel } from '../lint/schema-model.ts';
import { migratorCommand } from '../migrator-command.ts';
import { type ParsedStatement, parseStatements } from '../parse-statements.ts';
import type { ShadowOptions } from '../shadow/shadow-options.ts';
import { type Shadow, withShadow } from '../shadow/with-shadow.ts';
import {
  type Decisions,
  dropStatements,
  possibleRenames,
  relaxStatements,
  renameStatements,
} from './decisions.ts';
import { readDefinitions } from './definitions.ts';
import type { Leftover } from './leftovers.ts';
import { type ManagedSchema, readManagedSchema } from './managed-schema.ts';
import type { Fill, Step } from './phases.ts';
import { type PlannedFile, planFiles } from './plan-files.ts';
import { refuseCascades } from './refuse-cascades.ts';
import { splitChanges } from './split-changes.ts';
import { modelOfUnknownSizes, refuseUnsafe, tryFiles } from './try-files.ts';

/** How migrations are made of the difference between the entities and the migrations. */
export interface PlanOptions extends ShadowOptions, Decisions {
  /** One file with MikroORM's statements, which stop queries. Default: files that stop nobody. */
  single?: boolean;
}

/** What is to be written. */
export interface CreationPlan {
  files: PlannedFile[];
  leftovers: Leftover[];
  /** Those without which no row can be, and which have no default: the entities cannot write rows beside them. */
  required: string[];
  /** What may be a rename, as {@link Decisions.rename} takes it. */
  possibleRenames: string[];
  /** Statements of MikroORM's diff that change nothing: it compares texts that PostgreSQL writes in another way. */
  ineffective: string[];
  warnings: Finding[];
}

/**
 * Plans the migrations that lead from those of the project to the entities. They have run in a throwaway database.
 *
 * @param schema of entities that name none
 * @throws UserError `create-refused`: a part cannot be done without stopping others, or fails.
 * @throws UserError `cascade-refused`: it would have to drop a view that others use.
 * @throws UserError `invalid-settings`: a decision fits nothing. And those of `withShadow()`.
 */
export function planCreation(
  driver: AbstractSqlDriver,
  schema: string | undefined,
  options: PlanOptions,
): Promise<CreationPlan> {
  return withShadow(driver, options, async (shadow) => {
    await shadow.replay();
    if (schema !== undefined) shadow.orm.config.set('schema', schema);
    return await withClient(shadow.session, (client) => plan(new Difference(shadow), client, options));
  });
}

/**
 * Whether the entities have something that the migrations lack.
 *
 * @throws UserError with the codes of `withShadow()`.
 */
export function hasDifference(
  driver: AbstractSqlDriver,
  schema: string | undefined,
  options: ShadowOptions,
): Promise<boolean> {
  return withShadow(driver, options, async (shadow) => {
    await shadow.replay();
    if (schema !== undefined) shadow.orm.config.set('schema', schema);
    return (await new Difference(shadow).read()).up.length > 0;
  });
}

async function plan(difference: Difference, client: Client, options: PlanOptions): Promise<CreationPlan> {
  const { drop = [], rename = [], optional = [], single = false, reason } = options;
  const renames = await withReason(await applyRenames(difference, client, rename), client, reason);
  const { up, down, managed, changedViews } = await difference.read();
  await refuseCascades(difference, changedViews);
  const drops = await withReason(dropStatements(drop, managed.leftovers), client, reason);
  const relaxed = relaxStatements(optional, managed.leftovers);
  const before = await readDefinitions(client);
  const model = await modelOfUnknownSizes(client);
  const added = addedNames(up, model);
  const { steps, fills } = single ? { steps: [], fills: [] } : await splitChanges(up, model);
  const decided = (phase: 'rename' | 'expand' | 'contract', statements: readonly string[]): Step[] =>
    statements.map((sql) => ({ phase, sql, sources: [] }));
  const all = [
    ...decided('rename', renames),
    ...decided('expand', relaxed),
    ...steps,
    ...decided('contract', drops),
  ];
  const filesOf = async (isLeft: (part: Pick<Step, 'sources'>) => boolean): Promise<PlannedFile[]> => {
    if (!single)
      return planFiles(
        all.filter(isLeft),
        fills.filter(isLeft),
        (fill) => difference.hasDefault(fill),
        before,
      );
    const left = up.map(({ sql }) => sql).filter((sql) => isLeft({ sources: [sql] }));
    return singleFile(
      [...renames, ...relaxed, ...left, ...drops],
      renames.length + relaxed.length + drops.length > 0 ? undefined : down,
    );
  };
  const files = await filesOf(() => true);
  const isAsked = ({ phase }: PlannedFile): boolean => phase === 'rename' || phase === 'contract';
  const warnings = single
    ? []
    : await refuseUnsafe(
        files.filter((file) => !isAsked(file)),
        client,
      );
  await tryFiles(
    single
      ? singleFile([...relaxed, ...up.map(({ sql }) => sql), ...drops], undefined)
      : files.filter(({ phase }) => phase !== 'rename'),
    difference.session,
  );
  const after = await difference.read();
  const remaining = new Set(after.up.map(({ sql }) => sql));
  const wrong = [...remaining].filter((text) => !up.some(({ sql }) => sql === text));
  if (wrong.length > 0) throw incomplete(wrong);
  return {
    files:
      remaining.size === 0
        ? files
        : await filesOf(({ sources }) => !sources.some((sql) => remaining.has(sql))),
    leftovers: after.managed.leftovers,
    required: after.managed.leftovers.flatMap(({ name, relax }) => (relax === undefined ? [] : [name])),
    possibleRenames: possibleRenames(after.managed.leftovers, difference.target, added),
    ineffective: [...remaining],
    warnings,
  };
}

/** Renames what was asked, in the throwaway database too, and the indexes that follow. */
async function applyRenames(
  difference: Difference,
  client: Client,
  rename: readonly string[],
): Promise<string[]> {
  if (rename.length === 0) return [];
  const { leftovers } = await difference.managed();
  const statements = renameStatements(rename, leftovers, difference.target);
  for (const sql of statements) await client.query(sql);
  const { renamedIndexes } = await difference.managed();
  for (const [name, to] of renamedIndexes) {
    const sql = `alter index ${name} rename to ${qualifiedName([to])}`;
    await client.query(sql);
    statements.push(sql);
  }
  return statements;
}

/** Accepts beside each statement what lint finds in it. */
async function withReason(
  statements: readonly string[],
  client: Client,
  reason: string | undefined,
): Promise<string[]> {
  if (reason === undefined) return [...statements];
  const migrations = statements.map((sql, index) => ({
    name: String(index),
    transactional: false,
    queries: [sql],
  }));
  const findings = await lintStatements(migrations, {
    model: await modelOfUnknownSizes(client),
    releases: 'each',
    smallTableRows: 0,
  });
  return statements.map((sql, index) => {
    const codes = findings.filter(({ migration }) => migration === String(index)).map(({ code }) => code);
    return codes.length === 0
      ? sql
      : `-- dms-lint ignore ${[...new Set(codes)].join(', ')}: ${reason.replaceAll(/\s+/g, ' ')}\n${sql}`;
  });
}

function singleFile(up: readonly string[], down: readonly string[] | undefined): PlannedFile[] {
  if (up.length === 0) return [];
  return [{ phase: 'single', statements: up, down, isStepwise: false, backfills: [] }];
}

function incomplete(statements: readonly string[]): UserError {
  return new UserError(
    'create-refused',
    `No migration was written. After it, the entities would still differ from the database:\n- ${statements.join('\n- ')}`,
    { hint: `Write this one by hand: ${migratorCommand('create', '--blank')}.` },
  );
}

/** The columns and tables that statements add, by `schema.table`. */
function addedNames(
  statements: readonly ParsedStatement[],
  model: SchemaModel,
): { columns: Map<string, string[]>; tables: Set<string> } {
  const columns = new Map<string, string[]>();
  const tables = new Set<string>();
  for (const { node } of statements) {
    const create = nodeOf(node, 'CreateStmt');
    if (create) tables.add(model.keyOf(create.relation));
    const alter = nodeOf(node, 'AlterTableStmt');
    for (const { subtype, def } of nodesOf(alter?.cmds, 'AlterTableCmd')) {
      const name = nodeOf(def, 'ColumnDef')?.colname;
      if (subtype !== 'AT_AddColumn' || name === undefined) continue;
      const key = model.keyOf(alter?.relation);
      columns.set(key, [...(columns.get(key) ?? []), name]);
    }
  }
  return { columns, tables };
}

/** The parser takes no empty text. */
async function statementsIn(sql: string): Promise<ParsedStatement[]> {
  return sql.trim() === '' ? [] : parseStatements(sql);
}

/** What the entities have and the throwaway database lacks. */
class Difference {
  readonly #driver: AbstractSqlDriver;
  readonly #generator: SchemaGenerator;
  readonly #ownTables: readonly string[];
  readonly session: Shadow['session'];

  constructor({ orm, session }: Shadow) {
    this.#driver = orm.em.getDriver();
    this.#generator = new SchemaGenerator(orm.em);
    const { schemaName, tableName } = (orm.migrator.getStorage() as unknown as Ledger).getTableName();
    this.#ownTables = [`${schemaName}.${tableName}`];
    this.session = session;
  }

  get target(): ReturnType<SchemaGenerator['getTargetSchema']> {
    return this.#generator.getTargetSchema();
  }

  managed(): Promise<ManagedSchema> {
    return readManagedSchema(this.#driver, this.#generator, this.#ownTables);
  }

  async read(): Promise<{
    up: ParsedStatement[];
    down: string[];
    managed: ManagedSchema;
    changedViews: { from: DatabaseView }[];
  }> {
    const managed = await this.managed();
    const diff = new SchemaComparator(this.#driver.getPlatform()).compare(managed.schema, this.target);
    const changedViews = Object.values(diff.changedViews);
    const { up, down } = await this.#generator.getUpdateSchemaMigrationSQL({
      wrap: false,
      fromSchema: managed.schema,
    });
    return {
      up: await statementsIn(up),
      down: (await statementsIn(down)).map(({ sql }) => sql),
      managed,
      changedViews,
    };
  }

  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.#driver.getConnection().execute(sql, params);
  }

  hasDefault({ schema, table, column }: Fill): boolean {
    const own = this.target.getTable(`${schema}.${table}`) ?? this.target.getTable(table);
    return own?.getColumn(column)?.default != null || own?.getColumn(column)?.autoincrement === true;
  }
}

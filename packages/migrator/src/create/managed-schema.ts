import {
  type AbstractSqlDriver,
  DatabaseSchema,
  type DatabaseTable,
  SchemaComparator,
  type SchemaGenerator,
  type TableDifference,
} from '@mikro-orm/postgresql';
import { adoptSameExpressions } from '../diff/same-expressions.ts';
import { qualifiedName } from '../identifiers.ts';
import { type Leftover, Leftovers } from './leftovers.ts';

/** The database as far as the entities name it. */
export interface ManagedSchema {
  schema: DatabaseSchema;
  /** What else the database has, and what differs and is never changed unasked. */
  leftovers: Leftover[];
  /** Indexes that only have another name than the entities', by their qualified names: their new names. */
  renamedIndexes: ReadonlyMap<string, string>;
}

type Routine = ReturnType<DatabaseSchema['getRoutines']>[number];

/**
 * Reads the database without what the entities do not name. A diff that starts from it cannot drop or rename anything
 * else.
 *
 * @param ownTables those of the migrator itself, as `schema.table`: they are no leftovers
 */
export async function readManagedSchema(
  driver: AbstractSqlDriver,
  generator: SchemaGenerator,
  ownTables: readonly string[],
): Promise<ManagedSchema> {
  const target = generator.getTargetSchema();
  const schema = await readSchema(driver, target);
  const leftovers = new Leftovers();
  await addNamedRoutines(driver, schema, target, leftovers);
  const comparator = new SchemaComparator(driver.getPlatform());
  schema.setTables(
    schema.getTables().filter(({ schema: own = 'public', name }) => !ownTables.includes(`${own}.${name}`)),
  );
  const diff = comparator.compare(schema, target);

  for (const name of diff.removedNamespaces) leftovers.add('schema', [name], `drop schema ${quoted(name)}`);
  const namespaces = schema.getNamespaces().filter((name) => !diff.removedNamespaces.has(name));
  const removedTables = new Set(Object.values(diff.removedTables));
  schema.setTables(schema.getTables().filter((table) => !removedTables.has(table)));
  for (const table of removedTables) {
    const columns = table.getColumns().map(({ name }) => name);
    leftovers.add('table', [table.schema, table.name], `drop table ${quoted(table.schema, table.name)}`, {
      columns,
    });
  }
  // Compared again: foreign keys to a table that is gone are not among the changes of their own table.
  const { changedTables } = comparator.compare(schema, target);
  await adoptSameExpressions(driver, Object.values(changedTables));
  const renamedIndexes = new Map<string, string>();
  for (const change of Object.values(changedTables)) {
    for (const [name, { keyName }] of Object.entries(change.renamedIndexes)) {
      renamedIndexes.set(quoted(change.fromTable.schema, name), keyName);
    }
    leaveOutParts(change, leftovers);
  }
  const removedViews = new Set(Object.values(diff.removedViews));
  schema.setViews(schema.getViews().filter((view) => !removedViews.has(view)));
  for (const { schema: own, name, materialized } of removedViews) {
    const kind = materialized ? 'materialized view' : 'view';
    leftovers.add('view', [own, name], `drop ${kind} ${quoted(own, name)}`);
  }
  for (const view of schema.getViews()) {
    // MikroORM compares the indexes of a materialized view as those of a table.
    const change = changedTables[view.schema ? `${view.schema}.${view.name}` : view.name];
    if (change !== undefined && view.indexes) view.indexes = change.fromTable.getIndexes();
  }
  const removedEnums = new Set<unknown>(diff.removedNativeEnums);
  for (const { schema: own, name } of diff.removedNativeEnums) {
    leftovers.add('type', [own, name], `drop type ${quoted(own, name)}`);
  }
  const enums = Object.entries(schema.getNativeEnums()).filter(([, each]) => !removedEnums.has(each));
  for (const [key, { schema: own, name, items }] of enums) {
    const named = target.getNativeEnum(key)?.items ?? items;
    for (const item of items) if (!named.includes(item)) leftovers.add('enum-value', [own, name, item]);
  }
  schema.setNativeEnums(Object.fromEntries(enums));
  schema.setNamespaces(new Set(namespaces));
  return { schema, leftovers: leftovers.all, renamedIndexes };
}

function quoted(...parts: readonly (string | undefined)[]): string {
  return qualifiedName(parts.filter((part): part is string => part !== undefined && part !== ''));
}

/** Reads the database as MikroORM's own diff does. */
function readSchema(driver: AbstractSqlDriver, target: DatabaseSchema): Promise<DatabaseSchema> {
  const { skipTables, skipViews } = driver.config.get('schemaGenerator');
  return DatabaseSchema.create(
    driver.getConnection(),
    driver.getPlatform(),
    driver.config,
    undefined,
    target.getNamespaces(),
    undefined,
    skipTables,
    skipViews,
  );
}

/** Adds the routines that the entities' side has, with the same parameters: another overload is another function. */
async function addNamedRoutines(
  driver: AbstractSqlDriver,
  schema: DatabaseSchema,
  target: DatabaseSchema,
  leftovers: Leftovers,
): Promise<void> {
  const platform = driver.getPlatform();
  const types = ({ params }: Routine): string =>
    `(${params.map(({ type }) => platform.normalizeColumnType(type, {}).toLowerCase()).join(', ')})`;
  const key = (routine: Routine): string =>
    `${routine.schema ?? platform.getDefaultSchemaName()}.${routine.name}${types(routine)}`;
  const named = new Set(target.getRoutines().map(key));
  const all = new DatabaseSchema(platform, schema.name);
  await all.loadRoutines(driver.getConnection(), platform, target.getNamespaces());
  for (const routine of all.getRoutines()) {
    const { schema: own, name, type } = routine;
    if (named.has(key(routine))) schema.addRoutine(routine);
    else
      leftovers.add(
        type,
        [own, `${name}${types(routine)}`],
        `drop ${type} ${quoted(own, name)}${types(routine)}`,
      );
  }
}

function columnParts(table: DatabaseTable, name: string): Pick<Leftover, 'type' | 'relax'> {
  const column = table.getColumn(name);
  if (column === undefined) return {};
  const { type, nullable, autoincrement, generated } = column;
  const hasValue = column.default != null || autoincrement === true || generated !== undefined;
  const relax = `alter table ${quoted(table.schema, table.name)} alter column ${quoted(name)} drop not null`;
  return { type, ...(nullable !== true && !hasValue && column.primary !== true && { relax }) };
}

/** Removes what the entity does not name from a table as the database has it. */
function leaveOutParts(
  { fromTable: from, toTable: to, ...change }: TableDifference,
  leftovers: Leftovers,
): void {
  const table = quoted(from.schema, from.name);
  const isLeftOut = (
    kind: string,
    name: string,
    removed: object,
    isNamed: boolean,
    drop = `alter table ${table} drop constraint ${quoted(name)}`,
  ): boolean => {
    if (!(name in removed) || isNamed) return false;
    leftovers.add(
      kind,
      [from.schema, from.name, name],
      drop,
      kind === 'column' ? columnParts(from, name) : {},
    );
    return true;
  };
  // A renamed column or index is a guess of MikroORM's: that the one with the other name had been the entity's.
  const columns = { ...change.removedColumns, ...change.renamedColumns };
  for (const name of Object.keys(columns)) {
    const drop = `alter table ${table} drop column ${quoted(name)}`;
    if (isLeftOut('column', name, columns, to.hasColumn(name), drop)) from.removeColumn(name);
  }
  // MikroORM drops a column that is generated differently, with its data, and adds it again.
  for (const name of Object.keys(change.removedColumns)) {
    const column = to.getColumn(name);
    if (column === undefined) continue;
    leftovers.add('generation', [from.schema, from.name, name]);
    from.removeColumn(name);
    from.addColumn(column);
  }
  const indexes = { ...change.removedIndexes, ...change.renamedIndexes };
  from.setIndexes(
    from.getIndexes().filter(({ keyName, primary, constraint }) => {
      const drop =
        primary || constraint ? undefined : `drop index concurrently ${quoted(from.schema, keyName)}`;
      return !isLeftOut('index', keyName, indexes, to.hasIndex(keyName), drop);
    }),
  );
  from.setChecks(
    from.getChecks().filter(({ name }) => !isLeftOut('check', name, change.removedChecks, to.hasCheck(name))),
  );
  from.setTriggers(
    from.getTriggers().filter(({ name }) => {
      const drop = `drop trigger ${quoted(name)} on ${table}`;
      return !isLeftOut('trigger', name, change.removedTriggers, to.hasTrigger(name), drop);
    }),
  );
  from.setPolicies(
    from.getPolicies().filter(({ name }) => {
      const drop = `drop policy ${quoted(name)} on ${table}`;
      return !isLeftOut('policy', name, change.removedPolicies, to.hasPolicy(name), drop);
    }),
  );
  const foreignKeys = Object.entries(from.getForeignKeys()).filter(
    ([name]) => !isLeftOut('foreign-key', name, change.removedForeignKeys, name in to.getForeignKeys()),
  );
  from.setForeignKeys(Object.fromEntries(foreignKeys));
  if (change.changedRlsEnabled === false || change.changedRlsForced === false) {
    leftovers.add('row-level-security', [from.schema, from.name]);
    from.rlsEnabled = to.rlsEnabled;
    from.rlsForced = to.rlsForced;
  }
  if (change.changedPartitioning) {
    // MikroORM would create the table again and drop what depends on the old one, other people's partitions included.
    leftovers.add('partitioning', [from.schema, from.name]);
    from.setPartitioning(to.getPartitioning());
  }
}

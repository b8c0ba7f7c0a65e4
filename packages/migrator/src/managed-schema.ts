import {
  type AbstractSqlDriver,
  DatabaseSchema,
  SchemaComparator,
  type SchemaGenerator,
  type TableDifference,
} from '@mikro-orm/postgresql';
import { adoptSameExpressions } from './diff/same-expressions.ts';

/** The database as far as the entities name it. */
export interface ManagedSchema {
  schema: DatabaseSchema;
  /** What else the database has, such as `table public.legacy` or `column public.item.note`. */
  unmanaged: string[];
}

type Routine = ReturnType<DatabaseSchema['getRoutines']>[number];

/** Records what is left out; returns true, for use in conditions. */
type LeaveOut = (kind: string, ...name: readonly (string | undefined)[]) => true;

/**
 * Reads the database without what the entities do not name. A diff that starts from it cannot drop or rename anything
 * else: a database does not show whether an earlier version of an entity or somebody else has created the rest.
 */
export async function readManagedSchema(
  driver: AbstractSqlDriver,
  generator: SchemaGenerator,
): Promise<ManagedSchema> {
  const target = generator.getTargetSchema();
  const schema = await readSchema(driver, target);
  const unmanaged: string[] = [];
  const leaveOut: LeaveOut = (kind, ...name) => {
    unmanaged.push(`${kind} ${name.filter((part) => part !== undefined && part !== '').join('.')}`);
    return true;
  };
  await addNamedRoutines(driver, schema, target, leaveOut);
  const comparator = new SchemaComparator(driver.getPlatform());
  const diff = comparator.compare(schema, target);

  const namespaces = schema
    .getNamespaces()
    .filter((name) => !(diff.removedNamespaces.has(name) && leaveOut('schema', name)));
  const removedTables = new Set(Object.values(diff.removedTables));
  schema.setTables(
    schema
      .getTables()
      .filter((table) => !(removedTables.has(table) && leaveOut('table', table.schema, table.name))),
  );
  // Compared again: foreign keys to a table that is gone are not among the changes of their own table.
  const { changedTables } = comparator.compare(schema, target);
  await adoptSameExpressions(driver, Object.values(changedTables));
  for (const change of Object.values(changedTables)) leaveOutParts(change, leaveOut);
  const removedViews = new Set(Object.values(diff.removedViews));
  schema.setViews(
    schema.getViews().filter((view) => !(removedViews.has(view) && leaveOut('view', view.schema, view.name))),
  );
  for (const view of schema.getViews()) {
    // MikroORM compares the indexes of a materialized view as those of a table.
    const change = changedTables[view.schema ? `${view.schema}.${view.name}` : view.name];
    if (change !== undefined && view.indexes) view.indexes = change.fromTable.getIndexes();
  }
  const removedEnums = new Set<unknown>(diff.removedNativeEnums);
  const enums = Object.entries(schema.getNativeEnums()).filter(
    ([, each]) => !(removedEnums.has(each) && leaveOut('type', each.schema, each.name)),
  );
  schema.setNativeEnums(Object.fromEntries(enums));
  schema.setNamespaces(new Set(namespaces));
  return { schema, unmanaged };
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
  leaveOut: LeaveOut,
): Promise<void> {
  const platform = driver.getPlatform();
  const signature = ({ name, params }: Routine): string =>
    `${name}(${params.map(({ type }) => platform.normalizeColumnType(type, {}).toLowerCase()).join(', ')})`;
  const key = (routine: Routine): string =>
    `${routine.schema ?? platform.getDefaultSchemaName()}.${signature(routine)}`;
  const named = new Set(target.getRoutines().map(key));
  const all = new DatabaseSchema(platform, schema.name);
  await all.loadRoutines(driver.getConnection(), platform, target.getNamespaces());
  for (const routine of all.getRoutines()) {
    if (named.has(key(routine))) schema.addRoutine(routine);
    else leaveOut(routine.type, routine.schema, signature(routine));
  }
}

/** Removes what the entity does not name from a table as the database has it. */
function leaveOutParts(
  { fromTable: from, toTable: to, ...change }: TableDifference,
  leaveOut: LeaveOut,
): void {
  const isLeftOut = (kind: string, name: string, removed: object, isNamed: boolean): boolean =>
    name in removed && !isNamed && leaveOut(kind, from.schema, from.name, name);
  // A renamed column or index is a guess of MikroORM's: that the one with the other name had been the entity's.
  const columns = { ...change.removedColumns, ...change.renamedColumns };
  for (const name of Object.keys(columns)) {
    if (isLeftOut('column', name, columns, to.hasColumn(name))) from.removeColumn(name);
  }
  // MikroORM drops a column that is generated differently, with its data, and adds it again.
  for (const name of Object.keys(change.removedColumns)) {
    const column = to.getColumn(name);
    if (column === undefined) continue;
    leaveOut('generation of column', from.schema, from.name, name);
    from.removeColumn(name);
    from.addColumn(column);
  }
  const indexes = { ...change.removedIndexes, ...change.renamedIndexes };
  from.setIndexes(
    from.getIndexes().filter(({ keyName }) => !isLeftOut('index', keyName, indexes, to.hasIndex(keyName))),
  );
  from.setChecks(
    from.getChecks().filter(({ name }) => !isLeftOut('check', name, change.removedChecks, to.hasCheck(name))),
  );
  from.setTriggers(
    from
      .getTriggers()
      .filter(({ name }) => !isLeftOut('trigger', name, change.removedTriggers, to.hasTrigger(name))),
  );
  from.setPolicies(
    from
      .getPolicies()
      .filter(({ name }) => !isLeftOut('policy', name, change.removedPolicies, to.hasPolicy(name))),
  );
  const foreignKeys = Object.entries(from.getForeignKeys()).filter(
    ([name]) => !isLeftOut('foreign key', name, change.removedForeignKeys, name in to.getForeignKeys()),
  );
  from.setForeignKeys(Object.fromEntries(foreignKeys));
  if (change.changedRlsEnabled === false || change.changedRlsForced === false) {
    leaveOut('row level security of table', from.schema, from.name);
    from.rlsEnabled = to.rlsEnabled;
    from.rlsForced = to.rlsForced;
  }
  if (change.changedPartitioning) {
    // MikroORM would create the table again and drop what depends on the old one, other people's partitions included.
    leaveOut('partitioning of table', from.schema, from.name);
    from.setPartitioning(to.getPartitioning());
  }
}

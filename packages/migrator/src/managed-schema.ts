import {
  type AbstractSqlDriver,
  DatabaseSchema,
  SchemaComparator,
  type SchemaGenerator,
  type TableDifference,
} from '@mikro-orm/postgresql';

/** The database as far as the entities name it. */
export interface ManagedSchema {
  schema: DatabaseSchema;
  /** What else is there, such as `table public.legacy` or `column public.item.note`. */
  unmanaged: string[];
}

type Routine = ReturnType<DatabaseSchema['getRoutines']>[number];

/** Notes what is left out; true, for use in conditions. */
type LeaveOut = (kind: string, ...name: readonly (string | undefined)[]) => true;

/**
 * Reads the database without what the entities do not name. A diff that starts from it cannot drop or rename
 * anything else: whether an earlier version of an entity or somebody else has made the rest, no database tells.
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
  // Compared anew: foreign keys to a table that is gone are not among the changes of their own table.
  const { changedTables } = comparator.compare(schema, target);
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

/** As MikroORM's own diff reads it. */
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

/** Takes what the entity does not name out of a table of the database. */
function leaveOutParts(
  { fromTable: from, toTable: to, ...change }: TableDifference,
  leaveOut: LeaveOut,
): void {
  const unnamed = (
    kind: string,
    removed: Record<string, unknown>,
    isNamed: (name: string) => boolean,
  ): Set<string> =>
    new Set(
      Object.keys(removed).filter((name) => !isNamed(name) && leaveOut(kind, from.schema, from.name, name)),
    );
  // A rename is a guess: that the column with another name had been the entity's.
  const columns = unnamed('column', { ...change.removedColumns, ...change.renamedColumns }, (name) =>
    to.hasColumn(name),
  );
  for (const name of columns) from.removeColumn(name);
  // One that is generated otherwise, MikroORM drops with what is in it, and adds anew.
  for (const name of Object.keys(change.removedColumns)) {
    const column = to.getColumn(name);
    if (column === undefined) continue;
    leaveOut('generation of column', from.schema, from.name, name);
    from.removeColumn(name);
    from.addColumn(column);
  }
  const indexes = unnamed('index', { ...change.removedIndexes, ...change.renamedIndexes }, (name) =>
    to.hasIndex(name),
  );
  from.setIndexes(from.getIndexes().filter(({ keyName }) => !indexes.has(keyName)));
  const checks = unnamed('check', change.removedChecks, (name) => to.hasCheck(name));
  from.setChecks(from.getChecks().filter(({ name }) => !checks.has(name)));
  const triggers = unnamed('trigger', change.removedTriggers, (name) => to.hasTrigger(name));
  from.setTriggers(from.getTriggers().filter(({ name }) => !triggers.has(name)));
  const policies = unnamed('policy', change.removedPolicies, (name) => to.hasPolicy(name));
  from.setPolicies(from.getPolicies().filter(({ name }) => !policies.has(name)));
  const foreignKeys = unnamed(
    'foreign key',
    change.removedForeignKeys,
    (name) => name in to.getForeignKeys(),
  );
  from.setForeignKeys(
    Object.fromEntries(Object.entries(from.getForeignKeys()).filter(([name]) => !foreignKeys.has(name))),
  );
  if (change.changedRlsEnabled === false || change.changedRlsForced === false) {
    leaveOut('row level security of table', from.schema, from.name);
    from.rlsEnabled = to.rlsEnabled;
    from.rlsForced = to.rlsForced;
  }
  if (change.changedPartitioning) {
    // MikroORM would make the table anew and drop what hangs on the old one, partitions of others included.
    leaveOut('partitioning of table', from.schema, from.name);
    from.setPartitioning(to.getPartitioning());
  }
}

import type { Catalog } from './catalog.ts';
import type { EntityDescription, Outcome, PropertyDescription } from './exercise/outcome.ts';
import { failureText } from './difference.ts';

/** What a failure comes from. */
export interface Explanation {
  /** The property at fault, as far as the failure and the catalog show it. */
  property?: string;
  problem: string;
  remedy: string;
}

/** The schema before and after. */
export interface Catalogs {
  before: Catalog;
  after: Catalog;
}

/** What a failed operation of an entity comes from. Where the table is gone, that is no property's fault. */
export function explainFailure(
  { property, operation, failure = { message: '' } }: Outcome,
  entity: EntityDescription,
  { before, after }: Catalogs,
): Explanation {
  const { schema, table } = entity;
  const own = before.table(schema, table);
  if (own !== undefined && after.table(schema, table) === undefined) {
    const now = after.tableById(own.tableId);
    if (operation !== 'populate' || failure.sqlState !== '42P01') {
      return now === undefined
        ? { problem: `The table ${table} is gone.`, remedy: remedies.tableDropped }
        : {
            problem: `The table ${table} is now called ${now.schema}.${now.table}.`,
            remedy: remedies.tableRenamed,
          };
    }
  }
  const missing = missingColumn(
    entity,
    ({ name, columns }) =>
      property === undefined ? columns.some((column) => failure.message.includes(column)) : property === name,
    { before, after },
  );
  if (missing !== undefined && (failure.sqlState ?? '').startsWith('42')) return missing;
  const columns = failureColumns(failure, entity, after);
  const named = property ?? propertyOf(entity, columns);
  const unknown =
    failure.column !== undefined && named === undefined
      ? ` The release does not know ${table}.${failure.column}.`
      : '';
  return {
    ...(named !== undefined && { property: named }),
    problem: `${failureText(failure)}.${unknown}`,
    remedy: remedyFor(failure.sqlState, named === undefined),
  };
}

/** A column that is no longer there, of the properties that `isAsked` is true for. */
export function missingColumn(
  { schema, table, properties }: EntityDescription,
  isAsked: (property: PropertyDescription) => boolean,
  { before, after }: Catalogs,
): Explanation | undefined {
  for (const property of properties.filter(isAsked)) {
    for (const column of property.columns) {
      const old = before.column(schema, table, column);
      if (old === undefined || after.column(schema, table, column) !== undefined) continue;
      const now = after.same(old);
      return now === undefined
        ? {
            property: property.name,
            problem: `The column ${table}.${column} is gone.`,
            remedy: remedies.columnDropped,
          }
        : {
            property: property.name,
            problem: `The column ${table}.${column} is now called ${now.column}.`,
            remedy: remedies.columnRenamed,
          };
    }
  }
  return undefined;
}

function failureColumns(
  { column, constraint, schema, table }: NonNullable<Outcome['failure']>,
  entity: EntityDescription,
  after: Catalog,
): string[] {
  if (schema !== undefined && (schema !== entity.schema || table !== entity.table)) return [];
  if (column !== undefined) return [column];
  return constraint === undefined ? [] : after.constraintColumns(entity.schema, entity.table, constraint);
}

/** The property of columns that failed together: of several, one that is no part of the key. */
function propertyOf({ properties }: EntityDescription, columns: readonly string[]): string | undefined {
  return properties.findLast((each) => each.columns.some((column) => columns.includes(column)))?.name;
}

/** What the expand/contract pattern does about each kind of change. */
export const remedies = {
  tableDropped:
    'Keep the table until no running release uses it, and drop it in a migration of a later release.',
  tableRenamed:
    'Leave its name, or create a view of the old name that can be written, until no running release uses it.',
  columnDropped:
    'Keep the column, nullable or with a default, until no running release uses it, and drop it in a migration of a later release.',
  columnRenamed:
    'Add a column of the new name beside it, keep both the same by a trigger, and drop the old one in a later release.',
  columnType:
    'Add a column of the new type beside it, keep both the same by a trigger, and drop the old one in a later release.',
  columnRequired:
    'Give the new column a default, or leave it nullable until no running release inserts rows without it.',
  notNull:
    'Leave it nullable until no running release writes null into it, then fill it and set it NOT NULL.',
  check:
    'Add the check once no running release writes such values: NOT VALID spares the rows that exist, and not new ones.',
  foreignKey:
    'Add the foreign key once no running release writes such rows, or deletes in the other order: NOT VALID spares the rows that exist, and not new ones.',
  unique: 'Make it unique once no running release writes the same value twice.',
  conflict: 'Keep the unique index until no running release uses it for ON CONFLICT.',
  trigger: 'Let the trigger accept, unchanged, what a running release writes, until none does.',
  otherValue:
    'Leave the default, the type or the trigger as it was until no running release relies on what it reads back.',
  enumValue:
    'Let this release read the value, and write it from the next one on: then every running release knows it.',
  nullRead:
    'Let this release read null, and write null from the next one on: then every running release expects it.',
  migration:
    'Set right in an earlier step, such as a backfill, the rows that the previous release may write.',
  rights: 'Leave the rights until no running release needs them.',
  schema:
    'Change the schema in steps that both releases can live with: expand, and contract a release later.',
  tooLate:
    'Apply what this release needs before it starts: in a migration that comes before those that contract.',
  ownSchema: 'Write the migration that this release needs.',
} as const;

function remedyFor(sqlState: string | undefined, isUnknownColumn: boolean): string {
  if (sqlState === '23502') return isUnknownColumn ? remedies.columnRequired : remedies.notNull;
  const byState: Readonly<Record<string, string>> = {
    '23514': remedies.check,
    '23503': remedies.foreignKey,
    '23001': remedies.foreignKey,
    '23505': remedies.unique,
    '23P01': remedies.unique,
    '42P10': remedies.conflict,
    '42501': remedies.rights,
    P0001: remedies.trigger,
    '22001': remedies.columnType,
    '22003': remedies.columnType,
    '22P02': remedies.columnType,
    '22007': remedies.columnType,
    '42804': remedies.columnType,
    '42883': remedies.columnType,
    '42703': remedies.columnDropped,
    '42P01': remedies.tableDropped,
  };
  return byState[sqlState ?? ''] ?? remedies.schema;
}

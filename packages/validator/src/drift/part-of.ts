import type { SchemaDifference } from '@mikro-orm/postgresql';

/** A schema's difference that holds nothing but `only`, for the SQL of one finding. */
export function partOf(difference: SchemaDifference, only: Partial<SchemaDifference>): SchemaDifference {
  return {
    newNamespaces: new Set(),
    newNativeEnums: [],
    newTables: {},
    changedTables: {},
    removedTables: {},
    newViews: {},
    changedViews: {},
    removedViews: {},
    newRoutines: {},
    changedRoutines: {},
    removedRoutines: {},
    removedNamespaces: new Set(),
    removedNativeEnums: [],
    orphanedForeignKeys: [],
    fromSchema: difference.fromSchema,
    ...only,
  };
}

import {
  DatabaseSchema,
  MikroORM,
  type Options,
  SchemaComparator,
  type SchemaDifference,
  type SqlSchemaGenerator,
} from '@mikro-orm/postgresql';
import type { FindContext } from '../check.ts';
import { SnapshotConnection } from './snapshot-connection.ts';

/** What differs between the live database and the entities, and MikroORM's way to write SQL for it. */
export interface Comparison {
  difference: SchemaDifference;
  toSql(difference: SchemaDifference): string;
}

/** Compares as MikroORM's `getUpdateSchemaSQL()` does, but reads only, and on the run's snapshot. */
export async function compareSchemas(
  given: Options,
  context: FindContext,
  schemas?: readonly string[],
): Promise<Comparison> {
  const options = schemas === undefined ? given : await ignoringOthers(given, context, schemas);
  // MikroORM asks for a name, and never connects to it here.
  const orm = new MikroORM({ ...options, dbName: options.dbName ?? 'live' });
  const { config } = orm;
  const platform = orm.em.getPlatform();
  const generator = orm.schema as SqlSchemaGenerator;
  const connection = new SnapshotConnection(config, context);
  const { skipTables, skipViews } = config.get('schemaGenerator');

  const target = generator.getTargetSchema();
  const namespaces = target.getNamespaces();
  const live = await DatabaseSchema.create(
    connection,
    platform,
    config,
    undefined,
    namespaces,
    undefined,
    skipTables,
    skipViews,
  );
  await live.loadRoutines(connection, platform, namespaces);
  live.prune(undefined, []);
  target.prune(undefined, []);
  return {
    difference: new SchemaComparator(platform).compare(live, target),
    toSql: (difference) =>
      generator.diffToSQL(difference, { wrap: false, safe: false, dropTables: true }).trim(),
  };
}

async function ignoringOthers(
  options: Options,
  context: FindContext,
  schemas: readonly string[],
): Promise<Options> {
  const others = await context.query<{ name: string }>(
    'select nspname::text as name from pg_namespace where nspname <> all($1::text[])',
    [schemas],
  );
  const ignoreSchema = [...(options.schemaGenerator?.ignoreSchema ?? []), ...others.map(({ name }) => name)];
  return { ...options, schemaGenerator: { ...options.schemaGenerator, ignoreSchema } };
}

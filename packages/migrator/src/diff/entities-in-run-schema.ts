import type { MigratorContext } from '../migrator-context.ts';

/**
 * Calls `use` while entities without a schema are taken to be in that of `migrations.schema`, where the migrations run:
 * MikroORM would compare them with `public`.
 */
export async function withEntitiesInRunSchema<Result>(
  { options: { schema }, config, driver }: MigratorContext,
  use: () => Promise<Result>,
): Promise<Result> {
  const own = config.get('schema');
  const isChosen = own !== undefined && own !== driver.getPlatform().getDefaultSchemaName();
  if (schema === undefined || isChosen) return use();
  config.set('schema', schema);
  try {
    return await use();
  } finally {
    config.set('schema', own);
  }
}

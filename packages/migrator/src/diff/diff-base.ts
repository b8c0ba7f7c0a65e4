import { SchemaComparator, SchemaGenerator } from '@mikro-orm/postgresql';
import { type ManagedSchema, readManagedSchema } from '../managed-schema.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { refuseCascades } from '../refuse-cascades.ts';

/**
 * What MikroORM's diff starts from, in place of a snapshot: the database, without what the entities do not name.
 *
 * @throws UserError `cascade-refused`: the diff would have to drop a view that others use.
 */
export async function diffBase(
  { driver, ledger }: MigratorContext,
  em: ConstructorParameters<typeof SchemaGenerator>[0],
): Promise<ManagedSchema> {
  await driver.getConnection().ensureConnection();
  const generator = new SchemaGenerator(em);
  const base = await readManagedSchema(driver, generator);
  const diff = new SchemaComparator(driver.getPlatform()).compare(base.schema, generator.getTargetSchema());
  await refuseCascades(ledger, Object.values(diff.changedViews));
  return base;
}

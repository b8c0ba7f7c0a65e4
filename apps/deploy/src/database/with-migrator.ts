import { Migrator } from '@ecommerce-dms/migrator';
import type { StageContext } from '../stage.ts';
import { type Access, openDatabase } from './open-database.ts';
import { withShopOrm } from './shop-orm.ts';

/** Runs `use` with the migrator of the environment's database. */
export async function withMigrator<Result>(
  context: StageContext,
  access: Access,
  use: (migrator: Migrator) => Promise<Result>,
): Promise<Result> {
  const { migrator: url } = await openDatabase(context, access);
  return withShopOrm(url, (orm) => use(Migrator.of(orm)));
}

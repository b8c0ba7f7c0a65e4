import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type DiscoveredMigration,
  discoveredSqlMigration,
  inOrder,
  type MigrationContext,
} from './discovered-migration.ts';
import { findSqlMigrations } from './files/find-sql-files.ts';
import { migrationFolders } from './files/migration-folders.ts';
import { refuse } from './refuse-faults.ts';

/** What a run makes MikroORM see in place of all migrations of the code. */
interface Sight {
  /** These only. */
  only?: DiscoveredMigration[];
  /** All but those of these names. */
  without?: ReadonlySet<string>;
}

/** The migrations of the code, as a run sees them. */
export class Discovery {
  readonly #sight = new AsyncLocalStorage<Sight>();

  /** Calls `use`, which sees no other migrations; what runs beside it sees them all. */
  within<Result>(sight: Sight, use: () => Promise<Result>): Promise<Result> {
    return this.#sight.run(sight, use);
  }

  /**
   * Classes and SQL files, in the order of names, which is the order of application.
   *
   * @param findClasses finds the classes
   * @throws UserError `migrations-refused`: files or names are wrong.
   */
  async find(
    context: MigrationContext,
    findClasses: () => Promise<DiscoveredMigration[]>,
  ): Promise<DiscoveredMigration[]> {
    const { only, without } = this.#sight.getStore() ?? {};
    if (only !== undefined) return only;
    const found = inOrder([...(await findClasses()), ...(await sqlMigrations(context))]);
    return without === undefined ? found : found.filter(({ name }) => !without.has(name));
  }
}

async function sqlMigrations(context: MigrationContext): Promise<DiscoveredMigration[]> {
  const folders = migrationFolders(context.config);
  if (folders === undefined) return [];
  const { found, faults } = await findSqlMigrations(folders);
  refuse(faults);
  return found.map(({ name, paths }) => discoveredSqlMigration(context, name, paths));
}

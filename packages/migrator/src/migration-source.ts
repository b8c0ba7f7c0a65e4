import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';

/** A migration of the code, none of which has been run or imported yet. */
export interface MigrationSource {
  name: string;
  /** The file; undefined for a class from `migrationsList`. */
  path?: string;
  /**
   * A fresh instance whose `name` is set. Imports the module.
   *
   * @param driver what the instance runs its own queries with
   */
  load(driver: AbstractSqlDriver): Promise<Migration>;
  /** The migrations that it takes the place of: `static replaces` of the class. Imports the module. */
  replaces(): Promise<readonly string[]>;
  /** The backfills that must be finished before it: `static requiresBackfills` of the class. Imports the module. */
  requiresBackfills(): Promise<readonly string[]>;
  /** The SQL of `up`, where that is text which costs no evaluation, as in an SQL file. */
  text?(): Promise<string>;
}

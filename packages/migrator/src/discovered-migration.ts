import { UserError } from '@ecommerce-dms/errors';
import type { Constructor } from '@mikro-orm/core';
import { fs } from '@mikro-orm/core/fs-utils';
import type { Migration, Migrator } from '@mikro-orm/migrations';
import type { AbstractSqlDriver, Configuration } from '@mikro-orm/postgresql';
import { nameKey, withoutEnding } from './files/migration-name.ts';
import { type SqlMigrationPaths, sqlMigrationSource } from './files/sql-migration.ts';
import type { MigrationSource } from './migration-source.ts';
import { type Fault, refuse } from './refuse-faults.ts';
import type { Runner } from './runner.ts';

type RunnableMigration = Awaited<ReturnType<Migrator['discoverMigrations']>>[number];

/** A migration of the code: MikroORM can run it, and this migrator look at it before. */
export interface DiscoveredMigration extends RunnableMigration, MigrationSource {}

/** What a migration is made with. */
interface MigrationContext {
  runner: Runner;
  config: Configuration;
}

/** @param loadClass imports the module, where the class comes from one */
export function discoveredMigration(
  { runner, config }: MigrationContext,
  { name, path }: { name: string; path?: string },
  loadClass: () => Promise<Constructor<Migration>>,
): DiscoveredMigration {
  const source: MigrationSource = {
    name,
    path,
    load: async (driver: AbstractSqlDriver) => {
      const MigrationClass = await loadClass();
      return Object.assign(new MigrationClass(driver, config), { name });
    },
    replaces: async () => staticNames(name, await loadClass(), 'replaces'),
    requiresBackfills: async () => staticNames(name, await loadClass(), 'requiresBackfills'),
  };
  return runnable(runner, source);
}

/** A migration of SQL files. */
export function discoveredSqlMigration(
  { runner, config }: MigrationContext,
  name: string,
  paths: SqlMigrationPaths,
): DiscoveredMigration {
  return runnable(runner, sqlMigrationSource(name, paths, config));
}

/** Makes MikroORM run it. */
export function runnable(runner: Runner, source: MigrationSource): DiscoveredMigration {
  return { ...source, up: () => runner.apply(source, 'up'), down: () => runner.apply(source, 'down') };
}

/** The names in a static list of a class, such as `static replaces`, without an ending. */
function staticNames(
  name: string,
  MigrationClass: Constructor<Migration>,
  property: 'replaces' | 'requiresBackfills',
): readonly string[] {
  const names: unknown = Reflect.get(MigrationClass, property);
  if (names === undefined) return [];
  if (Array.isArray(names) && names.every((each): each is string => typeof each === 'string')) {
    return names.map(withoutEnding);
  }
  throw new UserError('invalid-migration', `\`static ${property}\` of ${name} is not a list of names.`);
}

/**
 * Sorts migrations by name, which is the order of application.
 *
 * @throws UserError `migrations-refused` when two have the same name, or names that differ in upper and lower case only
 */
export function inOrder(found: readonly DiscoveredMigration[]): DiscoveredMigration[] {
  refuse([...Map.groupBy(found, ({ name }) => nameKey(name)).values()].flatMap(repeatedFaults));
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function repeatedFaults(sameName: readonly DiscoveredMigration[]): Fault[] {
  const [first, ...others] = sameName;
  if (first === undefined || others.length === 0) return [];
  const shown = sameName.map(({ name, path }) => path ?? `class ${name}`);
  const problem = `is the name of several migrations: ${shown.join(', ')}. Upper and lower case, and the endings of files, make no difference.`;
  return [{ name: first.name, problem }];
}

/**
 * The migration class that a file exports.
 *
 * @throws UserError `invalid-migration` when it exports none
 */
export async function importMigrationClass(path: string): Promise<Constructor<Migration>> {
  const exports = await fs.dynamicImport<Record<string, unknown>>(path);
  const MigrationClass = Object.values(exports).find(isMigrationClass);
  if (MigrationClass !== undefined) return MigrationClass;
  throw new UserError('invalid-migration', `${path} exports no migration class.`);
}

function isMigrationClass(value: unknown): value is Constructor<Migration> {
  return typeof value === 'function' && typeof value.prototype?.up === 'function';
}

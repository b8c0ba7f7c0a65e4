import { UserError } from '@ecommerce-dms/errors';
import type { Constructor } from '@mikro-orm/core';
import { fs } from '@mikro-orm/core/fs-utils';
import type { Migration, Migrator } from '@mikro-orm/migrations';
import { nameKey } from './files/migration-name.ts';
import { type Fault, refuse } from './refuse-faults.ts';
import type { Runner } from './runner.ts';
import type { MigrationSource } from './survey.ts';

type RunnableMigration = Awaited<ReturnType<Migrator['discoverMigrations']>>[number];

/** A migration of the code: MikroORM can run it, and this migrator look at it before. */
export interface DiscoveredMigration extends RunnableMigration, MigrationSource {}

/** @param loadUnnamed returns an instance whose `name` may be another one, or missing */
export function discoveredMigration(
  runner: Runner,
  { name, path }: { name: string; path?: string },
  loadUnnamed: () => Promise<Migration>,
): DiscoveredMigration {
  const load = async (): Promise<Migration> => Object.assign(await loadUnnamed(), { name });
  return {
    name,
    path,
    load,
    up: async () => runner.run(await load(), 'up'),
    down: async () => runner.run(await load(), 'down'),
  };
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

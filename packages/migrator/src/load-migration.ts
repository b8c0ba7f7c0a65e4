import { UserError } from '@ecommerce-dms/errors';
import type { Configuration, Constructor } from '@mikro-orm/core';
import { fs } from '@mikro-orm/core/fs-utils';
import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';

/**
 * An instance of the migration class that a file exports.
 *
 * @throws UserError `invalid-migration` when it exports none
 */
export async function loadMigration(
  path: string,
  driver: AbstractSqlDriver,
  config: Configuration,
): Promise<Migration> {
  const exports = await fs.dynamicImport<Record<string, unknown>>(path);
  const MigrationClass = Object.values(exports).find(isMigrationClass);
  if (MigrationClass === undefined)
    throw new UserError('invalid-migration', `${path} exports no migration class.`);
  return new MigrationClass(driver, config);
}

function isMigrationClass(value: unknown): value is Constructor<Migration> {
  return typeof value === 'function' && typeof value.prototype?.up === 'function';
}

import { MikroORM, type AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import { shadowConfig } from '../shadow/shadow-config.ts';
import type { ShadowMigrator } from '../shadow/shadow-migrator.ts';

/** Calls `use` with the migrator of the project on another database, and closes its sessions. */
export async function withMigratorOn<Result>(
  driver: AbstractSqlDriver,
  session: ClientConfig,
  use: (migrator: ShadowMigrator) => Promise<Result>,
): Promise<Result> {
  const orm = await MikroORM.init(shadowConfig(driver, session));
  try {
    return await use(orm.migrator as unknown as ShadowMigrator);
  } finally {
    await orm.close(true);
  }
}

import { MikroORM, type AbstractSqlDriver } from '@mikro-orm/postgresql';
import { Client, type ClientConfig } from 'pg';
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

/** Calls `use` with a session of its own. */
export async function withClient<Result>(
  session: ClientConfig,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(session);
  // A database is dropped with force.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('set statement_timeout = 0; set idle_session_timeout = 0; set lock_timeout = 0');
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

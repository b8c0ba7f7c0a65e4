import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, MikroORM } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import { sessionConfig } from '../session-config.ts';
import { refuseClusterWide } from './cluster-wide.ts';
import { shadowConfig } from './shadow-config.ts';
import { withShadowDatabase } from './shadow-database.ts';
import type { ShadowMigrator } from './shadow-migrator.ts';
import type { ShadowOptions } from './shadow-options.ts';

/** An empty database, and the project on it. */
export interface Shadow {
  /** The project's ORM, connected to the shadow. */
  orm: MikroORM;
  migrator: ShadowMigrator;
  /** How to open more sessions on it. */
  session: ClientConfig;
  /**
   * Applies the project's migrations, or those that `names` names. Those that sort before an applied one are refused
   * unless `allowOutOfOrder`.
   *
   * @throws UserError `migrations-refused`: on the server of the project's database, a migration would change what does
   *   not belong to the shadow, such as roles.
   * @throws UserError with the codes of `up()`, for the same reasons.
   */
  replay: (names?: readonly string[], options?: { allowOutOfOrder?: boolean }) => Promise<void>;
}

/**
 * Creates an empty database beside that of the ORM, or where `options` says, and drops it after `use`.
 *
 * @throws UserError `database-unreachable`, `shadow-refused`: there is no session, or the role may not create databases.
 * @throws UserError `invalid-settings`: `shadowSql` fails.
 */
export async function withShadow<Result>(
  driver: AbstractSqlDriver,
  { shadowUrl, shadowSql }: ShadowOptions,
  use: (shadow: Shadow) => Promise<Result>,
): Promise<Result> {
  if (shadowUrl !== undefined) checkDatabaseUrl(shadowUrl, '--shadow-url');
  const server = shadowUrl === undefined ? await sessionConfig(driver) : { connectionString: shadowUrl };
  return withShadowDatabase(server, async (session) => {
    const orm = await MikroORM.init(shadowConfig(driver, session));
    try {
      await refuseOtherDatabase(orm);
      if (shadowSql !== undefined) await runSetup(orm, shadowSql);
      // The options of the project have registered it.
      const migrator = orm.migrator as unknown as ShadowMigrator;
      const replay: Shadow['replay'] = async (names, { allowOutOfOrder = false } = {}) => {
        const asked = names && { migrations: [...names] };
        const run = { checkSum: false, allowOutOfOrder, runBackfills: true, ...asked };
        if (shadowUrl === undefined) await refuseClusterWide(await migrator.dryRun(run));
        await migrator.up(run);
      };
      return await use({ orm, migrator, session, replay });
    } finally {
      await orm.close(true);
    }
  });
}

/** Options such as a dialect could lead the ORM to the project's own database. */
async function refuseOtherDatabase(orm: MikroORM): Promise<void> {
  const rows = await orm.em.getConnection().execute<{ name: string }[]>('select current_database() as name');
  const name = rows[0]?.name;
  if (name?.startsWith('dms_shadow_')) return;
  throw new UserError(
    'invalid-settings',
    `The options of the ORM lead to database ${name}, whatever database they are given: migrations cannot be replayed elsewhere.`,
    { hint: 'Give it connection options, not a Kysely dialect.' },
  );
}

async function runSetup(orm: MikroORM, sql: string): Promise<void> {
  try {
    await orm.em.getConnection().execute(sql);
  } catch (cause) {
    throw new UserError(
      'invalid-settings',
      `The SQL for the shadow database fails: ${(cause as Error).message}`,
      {
        hint: 'Correct it: it must run in an empty database.',
        cause,
      },
    );
  }
}

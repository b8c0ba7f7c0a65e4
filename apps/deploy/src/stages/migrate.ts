import { Migrator } from '@ecommerce-dms/migrator';
import { openDatabase } from '../database/open-database.ts';
import { withShopOrm } from '../database/shop-orm.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import { table } from '../ui/table.ts';

export interface MigrateResult {
  /** Names of the migrations that this run applied. */
  applied: string[];
  /** Migrations that the database has now. */
  total: number;
}

/** Applies the pending migrations. */
export async function migrateDatabase(context: StageContext): Promise<StageOutcome<MigrateResult>> {
  const { signal, progress } = context;
  const { migrator: url } = await openDatabase(context, 'write');
  return withShopOrm(url, async (orm) => {
    const migrator = Migrator.of(orm);
    migrator.on('migrating', ({ name }) => progress(name));
    const applied = (await migrator.up({ signal })).map(({ name }) => name);
    const total = (await migrator.info()).filter(({ state }) => state === 'applied').length;
    const summary =
      applied.length === 0
        ? `${total} migrations, none pending`
        : `${applied.length} migrations applied, ${total} in all`;
    return { summary, result: { applied, total } };
  });
}

/** The state of every migration. */
export async function migrationInfo(url: string) {
  const statuses = await withShopOrm(url, (orm) => Migrator.of(orm).info());
  const rows = statuses.map(({ name, state, executedAt }) => [state, name, executedAt?.toISOString() ?? '']);
  return { json: statuses, text: table([['state', 'migration', 'applied at'], ...rows]) };
}

/** The statements that `dms migrate` would send. */
export async function pendingStatements(url: string) {
  const pending = await withShopOrm(url, (orm) => Migrator.of(orm).dryRun());
  const blocks = pending.map(
    ({ name, transactional, statements }) =>
      `-- ${name}${transactional ? '' : ' (outside a transaction)'}\n${statements.map((sql) => `${sql.trim().replace(/;$/, '')};`).join('\n')}`,
  );
  return { json: pending, text: blocks.length === 0 ? 'No migration is pending.' : blocks.join('\n\n') };
}

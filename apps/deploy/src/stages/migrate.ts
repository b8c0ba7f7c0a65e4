import type { MigrationState } from '@ecommerce-dms/migrator';
import { Option } from 'commander';
import { stage } from '../declare-stage.ts';
import type { Stage } from '../stage.ts';
import { table } from '../ui/table.ts';

interface MigrateOptions {
  info?: boolean;
  dryRun?: boolean;
}

/** Applies the pending migrations. */
export const migrate = stage({
  name: 'migrate',
  help: 'apply pending migrations',
  job: 'database',
  title: 'Migrating the database',
  ownFlags: [
    new Option('--info', 'list the migrations and their states instead').conflicts('dryRun'),
    new Option('--dry-run', 'print the statements of pending migrations instead'),
  ],
  mode: (options: MigrateOptions): Stage | undefined => {
    if (options.info === true) return info;
    return options.dryRun === true ? dryRun : undefined;
  },
  writes: true,
  run: async (context) => {
    const { withMigrator } = await import('../database/with-migrator.ts');
    return withMigrator(context, 'write', async (migrator) => {
      migrator.on('migrating', ({ name }) => context.progress(name));
      const applied = (await migrator.up({ signal: context.signal })).map(({ name }) => name);
      const statuses = await migrator.info();
      const count = (state: MigrationState): number => statuses.filter((each) => each.state === state).length;
      const [total, ahead] = [count('applied'), count('future')];
      const summary =
        applied.length === 0
          ? `${total} migrations, none pending`
          : `${applied.length} migrations applied, ${total} in all`;
      return {
        summary: ahead === 0 ? summary : `${summary}; the database is ahead of this release by ${ahead}`,
        result: {
          /** Names of the migrations that this run applied. */
          applied,
          /** Migrations of this release that the database has now. */
          total,
          /** Migrations of newer releases that the database has. */
          ahead,
        },
      };
    });
  },
});

/** The state of every migration. */
const info = stage({
  name: 'migrate --info',
  title: 'Looking at the migrations',
  shows: true,
  run: async (context) => {
    const { withMigrator } = await import('../database/with-migrator.ts');
    const statuses = await withMigrator(context, 'read', (migrator) => migrator.info());
    return { summary: `${statuses.length} migrations`, result: statuses };
  },
  render: ({ result }) => {
    const rows = result.map(({ name, state, executedAt }) => [state, name, executedAt?.toISOString() ?? '']);
    return table([['state', 'migration', 'applied at'], ...rows]);
  },
});

/** The statements that `dms migrate` would send. */
const dryRun = stage({
  name: 'migrate --dry-run',
  title: 'Looking at the pending migrations',
  shows: true,
  run: async (context) => {
    const { withMigrator } = await import('../database/with-migrator.ts');
    const pending = await withMigrator(context, 'read', (migrator) => migrator.dryRun());
    return { summary: `${pending.length} migrations are pending`, result: pending };
  },
  render: ({ result }) => {
    const blocks = result.map(
      ({ name, transactional, statements }) =>
        `-- ${name}${transactional ? '' : ' (outside a transaction)'}\n${statements.map((sql) => `${sql.trim().replace(/;$/, '')};`).join('\n')}`,
    );
    return blocks.length === 0 ? 'No migration is pending.' : blocks.join('\n\n');
  },
});

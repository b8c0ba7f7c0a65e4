import { unreadModules, unreadSqlFiles } from './files/find-sql-files.ts';
import type { MigrationStatus } from './migration-status.ts';
import type { MigratorContext } from './migrator-context.ts';

/** Warns of what is refused by nothing, and may still surprise: migrations of a later release, and files that nothing reads. */
export async function notice(context: MigratorContext, statuses: readonly MigrationStatus[]): Promise<void> {
  const future = statuses.filter(({ state }) => state === 'future');
  if (future.length > 0) {
    const names = future.map(({ name, progress }) => (progress ? `${name} (in part)` : name));
    context.warn(`The database is ahead of this code by ${names.length} migrations: ${names.join(', ')}.`);
  }
  if (context.folders === undefined) return;
  const files = await unreadSqlFiles(context.folders);
  if (files.length > 0) {
    context.warn(`SQL files in folders of their own are no migrations: ${files.join(', ')}.`);
  }
  const paths = (await context.discover()).map(({ path }) => path);
  const modules = await unreadModules(context.folders, paths);
  if (modules.length > 0) {
    context.warn(
      `Not read, since \`glob\` in the options of \`migrations\` leaves them out: ${modules.join(', ')}.`,
    );
  }
}

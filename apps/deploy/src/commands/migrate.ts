import { openDatabase } from '../database/open-database.ts';
import { migrateDatabase, migrationInfo, pendingStatements } from '../stages/migrate.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runContext, runWritingStage } from './run-stage.ts';

/** `dms migrate`: applies pending migrations, or shows their states, or their statements. */
export async function migrate(options: CommonOptions & { info?: boolean; dryRun?: boolean }): Promise<void> {
  const asJson = options.json === true;
  if (options.info === true || options.dryRun === true) {
    const context = { ...(await runContext(options)), progress: () => undefined, note: console.error };
    const { migrator: url } = await openDatabase(context, 'look');
    printResult(options.info === true ? await migrationInfo(url) : await pendingStatements(url), asJson);
    return;
  }
  const { summary, result } = await runWritingStage(
    'migrate',
    'Migrating the database',
    options,
    migrateDatabase,
  );
  printResult({ json: result, text: summary }, asJson);
}

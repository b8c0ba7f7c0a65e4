import type { MigrationInfo } from '@mikro-orm/core';
import { runnable } from '../discovered-migration.ts';
import type { MigrationSource } from '../migration-source.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { refuse } from '../refuse-faults.ts';
import type { StockRun } from '../stock-run.ts';
import { findRepeatables, planRepeatables } from './repeatable.ts';

/**
 * The repeatable migrations of the code.
 *
 * @throws UserError `migrations-refused`: a file has a wrong name, or was not copied by a build.
 */
export async function repeatableSources({ folders, config }: MigratorContext): Promise<MigrationSource[]> {
  if (folders === undefined) return [];
  const { found, faults } = await findRepeatables(folders, config);
  refuse(faults);
  return found;
}

/**
 * Applies the outdated repeatable migrations, once the database has all migrations of the code and no later ones. The
 * ledger is that of `schema`.
 */
export async function runRepeatables(
  context: MigratorContext,
  sources: readonly MigrationSource[],
  schema: string | undefined,
  runStock: StockRun,
): Promise<MigrationInfo[]> {
  if (sources.length === 0) return [];
  const { statuses, rows } = await context.survey();
  if (statuses.some(({ state }) => state !== 'applied' && state !== 'replaced')) return [];
  const repeatables = await planRepeatables(sources, rows, context, schema);
  const open = repeatables.filter(({ status }) => status.state !== 'applied');
  if (open.length === 0) return [];
  const only = open.map(({ source }) => runnable(context.runner, source));
  return context.discovery.within({ only }, () => runStock('up', schema === undefined ? {} : { schema }));
}

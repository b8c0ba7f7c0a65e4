import { removedRepeatables, planRepeatables } from './files/repeatable.ts';
import { repeatableSources } from './files/run-repeatables.ts';
import type { MigrationStatus } from './migration-status.ts';
import type { MigratorContext } from './migrator-context.ts';
import { notice } from './notices.ts';

/** The states of all migrations, repeatable ones included. The ledger is that of `schema`. */
export async function info(context: MigratorContext, schema: string | undefined): Promise<MigrationStatus[]> {
  const { statuses, rows } = await context.survey();
  await notice(context, statuses);
  const sources = await repeatableSources(context);
  const repeatables = await planRepeatables(sources, rows, context, schema);
  return [...statuses, ...repeatables.map(({ status }) => status), ...removedRepeatables(rows, sources)];
}

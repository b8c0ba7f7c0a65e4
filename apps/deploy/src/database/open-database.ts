import { findUnfinishedRun, restore, type UnfinishedRun } from '@ecommerce-dms/seeder';
import { commandFor } from '../command-for.ts';
import type { DatabaseUrls } from '../database-access.ts';
import type { StageContext } from '../stage.ts';
import { databaseUrls } from './database-urls.ts';

/** What a command does to the database. */
export type Access = 'read' | 'write';

export interface OpenDatabase extends DatabaseUrls {
  /** The load whose constraints are set aside; never there for a command that writes. */
  unfinishedRun: UnfinishedRun | undefined;
  /** Plan of the load that was cut off and has been undone. */
  undone: string | undefined;
}

/**
 * The one way from a command to the environment's database. A load that was killed has left rows without constraints:
 * whoever writes undoes it first, and says so; whoever reads changes nothing, and reports it.
 *
 * @param options.discardRowsOfOthers undo it even where that deletes rows that it did not write
 * @throws UserError `seeding-in-progress` when a load is under way and `access` is `write`; and those of `databaseUrls`,
 *   `findUnfinishedRun` and `restore`
 */
export async function openDatabase(
  { environment, signal, progress, note }: StageContext,
  access: Access,
  { discardRowsOfOthers }: { discardRowsOfOthers?: boolean } = {},
): Promise<OpenDatabase> {
  const urls = await databaseUrls(environment);
  const run = await findUnfinishedRun({ url: urls.migrator });
  if (run === undefined || access === 'read') {
    if (run !== undefined) note(describeUnfinishedRun(run, environment));
    return { ...urls, unfinishedRun: run, undone: undefined };
  }
  progress(`undoing the load of the plan '${run.plan}' that was cut off`);
  const undone = await restore({ url: urls.migrator, signal, discardRowsOfOthers });
  if (undone !== undefined) {
    note(
      `Undid the load of the plan '${undone}' of ${run.startedAt.toISOString()} that was cut off: its rows are gone, ${listSetAside(run)} are back.`,
    );
  }
  return { ...urls, unfinishedRun: undefined, undone };
}

/** A load that is under way or was cut off, as a sentence or two, with what ends it. */
export function describeUnfinishedRun(
  run: UnfinishedRun,
  environment: Pick<StageContext['environment'], 'name'>,
): string {
  const load = `load of the plan '${run.plan}', begun ${run.startedAt.toISOString()},`;
  return run.isRunning
    ? `A ${load} is running: ${listSetAside(run)} are set aside until it ends.`
    : `A ${load} was cut off: ${listSetAside(run)} are set aside. '${commandFor(environment, 'seed --undo')}' undoes it, and so does every command that writes.`;
}

function listSetAside({ setAside }: UnfinishedRun): string {
  const kinds = [
    ['foreign key', 'foreign keys'],
    ['index', 'indexes'],
    ['trigger', 'triggers'],
  ] as const;
  return kinds
    .map(([kind, plural]) => `${setAside.filter((object) => object.kind === kind).length} ${plural}`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
}

import { migratorCommand } from '../migrator-command.ts';
import type { Fault } from '../refuse-faults.ts';
import { type BackfillStatus, backfillStatuses } from './backfill-status.ts';
import { backfillFolder } from './find-backfills.ts';
import { type BackfillContext, runBackfills } from './run-backfills.ts';

/** A pending migration, and what it needs. */
interface Requiring {
  name: string;
  requiresBackfills: readonly string[];
}

/**
 * The migrations that a run may not apply yet, because a backfill that they require is not finished.
 *
 * @param pending those that the run would apply, in order
 * @param mayRun whether the run itself runs the backfills
 */
export async function requiredBackfillFaults(
  context: BackfillContext,
  pending: readonly Requiring[],
  mayRun: boolean,
): Promise<Fault[]> {
  if (pending.every(({ requiresBackfills }) => requiresBackfills.length === 0)) return [];
  const statuses = new Map((await backfillStatuses(context)).map((status) => [status.name, status]));
  return pending.flatMap(({ name, requiresBackfills }, index) =>
    requiresBackfills.flatMap((backfill) => {
      const status = statuses.get(backfill) ?? statuses.get(`${backfillFolder}/${backfill}.sql`);
      const problem = problemOf(backfill, status, pending[index - 1]?.name, mayRun);
      return problem === undefined ? [] : [{ name, problem }];
    }),
  );
}

/** Runs those of the backfills that are not finished. */
export async function runRequiredBackfills(
  context: BackfillContext,
  names: readonly string[],
  options: { signal?: AbortSignal | undefined; onProgress: (line: string) => void },
): Promise<void> {
  const statuses = await backfillStatuses(context);
  const open = names.filter((name) => !statuses.some((each) => each.name === name && isFinished(each)));
  if (open.length > 0) await runBackfills(context, open, options);
}

/** One that is finished may be removed from the code; while it is there, it must be the one that was run. */
function isFinished({ state, finishedAt }: BackfillStatus): boolean {
  return state === 'finished' || (state === 'missing' && finishedAt !== undefined);
}

function problemOf(
  name: string,
  status: BackfillStatus | undefined,
  before: string | undefined,
  mayRun: boolean,
): string | undefined {
  if (status === undefined)
    return `requires the backfill ${name}, of which there is no file backfills/${name}.sql.`;
  if (isFinished(status)) return undefined;
  if (status.state === 'invalid')
    return `requires the backfill ${name}, whose file backfills/${name}.sql cannot be run: it ${status.problem}`;
  if (status.state === 'missing') {
    return `requires the backfill ${name}, which is not finished, and whose file backfills/${name}.sql is gone. Restore it.`;
  }
  if (mayRun && status.state !== 'changed') return undefined;
  const progress = status.percent === undefined ? '' : `, ${status.percent} % of pass ${status.pass}`;
  const what = `requires the backfill ${name}, which is not finished (${status.state}${progress}).`;
  if (before === undefined) return `${what} Run it first: ${migratorCommand('backfill', name)}.`;
  return `${what} Apply those before it, then run the backfill: ${migratorCommand('up', '--to', before)}. To do all at once, where the tables are small: ${migratorCommand('up', '--run-backfills')}.`;
}

import type { Ledger } from '../ledger.ts';
import { entryOf } from '../ledger-entry.ts';
import type { MigrationState, MigrationStatus } from '../migration-status.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { planMigration } from '../plan-migration.ts';
import type { Fault } from '../refuse-faults.ts';
import { recordApplied, refuseRecording } from './record-applied.ts';

/** What `repair` is told about migrations that `info()` calls failed, changed or missing. */
export interface RepairDecisions {
  /** The database has all changes of these, as it would after `up()`: record them as applied. */
  markApplied?: readonly string[];
  /** The database has no changes of these any more: remove them from the ledger, so that `up()` runs them. */
  forget?: readonly string[];
  /** These were changed after they were applied, and the database is right: record them as they are now. */
  accept?: readonly string[];
  /** The schema of the ledger, as in the options of `up`. */
  schema?: string;
}

type Decision = Exclude<keyof RepairDecisions, 'schema'>;

/** The states that a decision can set right. */
const fitting: Record<Decision, readonly MigrationState[]> = {
  markApplied: ['failed', 'pending', 'out-of-order', 'changed'],
  forget: ['failed', 'changed', 'missing', 'future', 'applied'],
  // Whether a class that is applied has changed is only found out by evaluating it.
  accept: ['changed', 'applied'],
};

const flags: Record<Decision, string> = {
  markApplied: '--mark-applied',
  forget: '--forget',
  accept: '--accept',
};

/** A migration that needs a decision, with the commands that make one. */
export interface RepairNeed {
  name: string;
  state: MigrationState;
  commands: string[];
}

/** What was set right. */
export interface Repair {
  name: string;
  decision: 'mark-applied' | 'forget' | 'accept';
}

/** The migrations that need a decision. */
export function repairNeeds(statuses: readonly MigrationStatus[]): RepairNeed[] {
  return statuses
    .filter(({ state }) => ['failed', 'changed', 'missing'].includes(state))
    .map((status) => ({
      name: status.name,
      state: status.state,
      commands: [
        ...(status.state === 'failed' ? [migratorCommand(status.progress?.direction ?? 'up')] : []),
        ...decisions
          .filter((decision) => faultOf(decision, status.name, [status]) === undefined)
          .map((decision) => migratorCommand('repair', flags[decision], status.name)),
      ],
    }));
}

const decisions = Object.keys(flags) as Decision[];

/** Sets rows of the ledger right, in one transaction under the run lock. */
export function repair(context: MigratorContext, asked: RepairDecisions): Promise<Repair[]> {
  const { ledger, driver } = context;
  return context.recording(asked.schema ?? context.options.schema, async () => {
    const { sources, statuses } = await context.survey();
    return repairRows(ledger, statuses, asked, async (name) => {
      const source = sources.find((each) => each.name === name);
      if (source !== undefined) await ledger.replace(entryOf(await planMigration(source, 'up', driver)));
    });
  });
}

/** @param accept records a migration of the code as it is now */
async function repairRows(
  ledger: Ledger,
  found: readonly MigrationStatus[],
  asked: RepairDecisions,
  accept: (name: string) => Promise<void>,
): Promise<Repair[]> {
  // The run that holds the lock is this one.
  const statuses = found.map((status): MigrationStatus =>
    status.state === 'running' ? { ...status, state: 'failed' } : status,
  );
  const requests = decisions.flatMap((decision) =>
    (asked[decision] ?? []).map((name) => ({ decision, name })),
  );
  const repeated = requests.filter(
    ({ name }, index) => requests.findIndex((each) => each.name === name) !== index,
  );
  refuseRecording([
    ...requests.flatMap(({ decision, name }): Fault[] => {
      const problem = faultOf(decision, name, statuses);
      return problem === undefined ? [] : [{ name, problem }];
    }),
    ...repeated.map(({ name }) => ({ name, problem: `is named twice. ${seeNeeds}` })),
  ]);
  await ledger.ensureTable();
  for (const { decision, name } of requests) {
    if (decision === 'forget') await ledger.unlogMigration({ name });
    else if (decision === 'accept') await accept(name);
    else await markApplied(ledger, name);
  }
  return requests.map(({ decision, name }) => ({
    name,
    decision: decision === 'markApplied' ? 'mark-applied' : decision,
  }));
}

async function markApplied(ledger: Ledger, name: string): Promise<void> {
  await recordApplied(ledger, [{ name, sources: [] }]);
  await ledger.markApplied(name);
}

const seeNeeds = `${migratorCommand('repair')} shows what can be repaired, and how.`;

function faultOf(decision: Decision, name: string, statuses: readonly MigrationStatus[]): string | undefined {
  const status = statuses.find((each) => each.name === name);
  if (status === undefined) return `is neither in the code nor in the ledger. ${seeNeeds}`;
  if (!fitting[decision].includes(status.state)) {
    return `is ${status.state}, and ${flags[decision]} is for: ${fitting[decision].join(', ')}. ${seeNeeds}`;
  }
  if (decision === 'markApplied' && status.state === 'changed' && status.progress === undefined) {
    return `is applied as a whole. ${seeNeeds}`;
  }
  if (decision === 'accept' && status.progress !== undefined) {
    return `is applied or reverted in part, and its other statements are not known. ${seeNeeds}`;
  }
  return undefined;
}

import { type UserError, withHint } from '@ecommerce-dms/errors';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import type { Flags, RunContext, Stage, StageRun } from '../stage.ts';
import { runSteps, type Step } from '../ui/steps.ts';

/**
 * Runs stages one after another, their progress on stderr, after all of them have looked at their inputs.
 *
 * @param stopsAt whether the findings of a stage are a failure, before the next stage begins
 * @returns what each of them has found out
 */
export async function runStages(
  context: RunContext,
  stages: readonly Stage[],
  flags: Flags,
  stopsAt: (stage: Stage) => boolean,
): Promise<StageRun[]> {
  for (const need of stages.flatMap(({ needs }) => needs)) await need.prepare?.(context, flags);
  const runs: StageRun[] = [];
  for (const group of groupsOf(stages)) {
    await group[0]?.ask?.(context, flags);
    const steps = group.map((stage) => stepOf(stage, context, flags, stopsAt(stage)));
    runs.push(...(await runSteps(steps)));
  }
  return runs;
}

/** A question comes after what was done has been shown, and before the list of steps goes on. */
function groupsOf(stages: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = [[]];
  for (const stage of stages) {
    if (stage.ask !== undefined) groups.push([]);
    groups.at(-1)?.push(stage);
  }
  return groups;
}

function stepOf(stage: Stage, context: RunContext, flags: Flags, stops: boolean): Step<StageRun> {
  return {
    title: stage.title,
    run: async (progress, note) => {
      const run = await stage.run({ ...context, progress, note }, flags);
      if (stops && run.findings !== undefined)
        throw withCommand(run.findings, stage.name, context.environment);
      return run;
    },
  };
}

/** The failure of a stage whose outcome was not printed, with the command that prints it. */
function withCommand(error: UserError, stage: string, environment: LoadedEnvironment): UserError {
  const shows = `'${commandFor(environment, stage)}' shows all of it.`;
  return withHint(error, error.hint === undefined ? shows : `${shows} ${error.hint}`);
}

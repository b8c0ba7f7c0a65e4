import { withStandbysWatched } from '../local/watch-standbys.ts';
import { requireTarget } from '../require-target.ts';
import { type CommonOptions, runContext } from './run-context.ts';
import { runStages } from './run-stages.ts';
import type { Flags, RunContext, Stage, StageRun } from '../stage.ts';
import { printResult } from '../ui/print-result.ts';

/**
 * Runs one stage as a command, or the mode of it that a flag asks for, and prints its result.
 * @throws UserError that its findings are, after they were printed
 */
export async function runAlone(stage: Stage, options: CommonOptions & Flags): Promise<void> {
  const asked = stage.mode(options) ?? stage;
  const context = await runContext(options);
  requireTarget(context.environment, asked.target, asked.name);
  const run = (watched: RunContext): Promise<StageRun[]> => runStages(watched, [asked], options, () => false);
  const runs =
    asked.writes === true ? await withStandbysWatched(context, () => true, run) : await run(context);
  for (const { result, text, findings } of runs) {
    printResult({ json: result, text: await text() }, options);
    if (findings !== undefined) throw findings;
  }
}

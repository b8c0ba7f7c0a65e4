import type { Pipeline } from '../pipelines.ts';
import { runStages } from './run-stages.ts';
import type { Flags, RunContext, StageRun } from '../stage.ts';
import { table } from '../ui/table.ts';

/** Runs a pipeline up to the first stage that fails, or whose findings are a failure. */
export async function runPipeline(
  context: RunContext,
  { stages, advisory, flags: fixed }: Pipeline,
  flags: Flags,
): Promise<StageRun[]> {
  return runStages(context, stages, { ...flags, ...fixed }, (stage) => !advisory.includes(stage));
}

/** What a pipeline has found out: each stage's result under its name, and for people their summaries. */
export function resultOf(runs: readonly StageRun[], { environment }: RunContext, startedAt: number) {
  const summaries = table(runs.map(({ stage, summary }) => [stage, summary]));
  return {
    json: {
      environment: environment.name,
      seconds: (performance.now() - startedAt) / 1000,
      stages: Object.fromEntries(runs.map(({ stage, result }) => [stage, result])),
    },
    text: [summaries, ...runs.flatMap(({ remark }) => remark ?? [])].join('\n\n'),
  };
}

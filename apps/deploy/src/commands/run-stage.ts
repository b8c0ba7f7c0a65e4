import { loadEnvironment } from '../config/load-config.ts';
import { interruptSignal } from '../interrupt.ts';
import { withStandbysWatched } from '../local/watch-standbys.ts';
import {
  type RunContext,
  type StageContext,
  type StageName,
  type StageOutcome,
  stageStep,
} from '../stage.ts';
import { runSteps } from '../ui/steps.ts';

/** Flags that every command has. */
export interface CommonOptions {
  /** Name of the environment in `dms.config.ts`. */
  env: string;
  /** Print the result as JSON. */
  json?: boolean;
}

/** The environment that the user named, and the signal of an interrupt. */
export async function runContext({ env }: CommonOptions): Promise<RunContext> {
  const signal = interruptSignal();
  return { environment: await loadEnvironment(env), signal };
}

/** As {@link runStage}, for a stage that writes: its commits wait for a standby, which is kept alive. */
export function runWritingStage<Outcome extends StageOutcome<object>>(
  name: StageName,
  title: string,
  options: CommonOptions,
  run: (context: StageContext) => Promise<Outcome>,
): Promise<Outcome> {
  return runStage(name, title, options, (stage) =>
    withStandbysWatched(
      stage,
      () => true,
      (watched) => run({ ...stage, ...watched }),
    ),
  );
}

/** Runs one stage as a command of its own, its progress on stderr. */
export async function runStage<Outcome extends StageOutcome<object>>(
  name: StageName,
  title: string,
  options: CommonOptions,
  run: (context: StageContext) => Promise<Outcome>,
): Promise<Outcome> {
  const context = await runContext(options);
  const outcomes: Outcome[] = [];
  await runSteps([stageStep(name, title, context, { run, handOn: (outcome) => outcomes.push(outcome) })]);
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error(`The stage ${name} ended without an outcome.`);
  return outcome;
}

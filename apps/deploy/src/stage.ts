import { join } from 'node:path';
import type { LoadedEnvironment } from './config/load-config.ts';
import { withHintsInCommands } from './hints-in-commands.ts';
import { recordStage } from './state/run-state.ts';
import type { Step } from './ui/steps.ts';

/** What a command hands to its stages. */
export interface RunContext {
  environment: LoadedEnvironment;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

/** What every stage is given. */
export interface StageContext extends RunContext {
  /** Shows how far the stage is, as one line. */
  progress: (text: string) => void;
  /** Says something that stays to be read: a sentence. */
  note: (text: string) => void;
}

/** What every stage gives back. */
export interface StageOutcome<Result extends object> {
  /** One line for people: what was done, with figures. */
  summary: string;
  /** For the state file and for programs. Never a secret. */
  result: Result;
}

export type StageName =
  | 'start'
  | 'migrate'
  | 'import'
  | 'seed'
  | 'undo'
  | 'validate'
  | 'alarms'
  | 'synth'
  | 'policy'
  | 'cost'
  | 'cost-diff'
  | 'plan'
  | 'apply'
  | 'backup'
  | 'roles'
  | 'destroy'
  | 'bootstrap';

/** The environment's state file: what the stages found out. */
export function stateFile(environment: LoadedEnvironment): string {
  return join(environment.directory, 'run.json');
}

/**
 * A step that runs one stage, records its result in the state file, and hands the outcome on.
 * After an interrupt no further stage starts.
 */
export function stageStep<Outcome extends StageOutcome<object>>(
  name: StageName,
  title: string,
  context: RunContext,
  stage: { run: (context: StageContext) => Promise<Outcome>; handOn: (outcome: Outcome) => void },
): Step {
  return {
    title,
    run: async (progress, note) => {
      context.signal.throwIfAborted();
      const startedAt = performance.now();
      const outcome = await withHintsInCommands(context.environment, () =>
        stage.run({ ...context, progress, note }),
      );
      await recordStage(stateFile(context.environment), context.environment.name, name, {
        finishedAt: new Date().toISOString(),
        durationMs: Math.round(performance.now() - startedAt),
        result: { ...outcome.result },
      });
      stage.handOn(outcome);
      return outcome.summary;
    },
  };
}

import type { UserError } from '@ecommerce-dms/errors';
import type { ZodType } from 'zod';
import { commandFor } from './command-for.ts';
import type { LoadedEnvironment } from './config/load-config.ts';
import { withHintsInCommands } from './hints-in-commands.ts';
import type {
  DerivedStage,
  Flags,
  Need,
  RecordedStage,
  RunContext,
  Stage,
  StageContext,
  StageDeclaration,
  StageOutcome,
} from './stage.ts';

// `dms --help` loads this file and those of the stages: what a stage works with is imported when it runs.

type Needs = Readonly<Record<string, Need<unknown>>>;
type Values<Needed extends Needs> = {
  [Name in keyof Needed]: Needed[Name] extends Need<infer Value> ? Value : never;
};

/** A stage, or a mode of one, as its file declares it. `Options` are the values of its flags. */
interface StageDefinition<
  Options,
  Needed extends Needs,
  Outcome extends StageOutcome,
> extends StageDeclaration {
  /** Whether its result is left out of the state file, because it only shows what is there. */
  shows?: boolean;
  /** The mode that a flag of its command asks for. */
  mode?: (options: Options) => Stage | undefined;
  /** Asks the user before it begins. */
  ask?: (context: RunContext, options: Options) => Promise<void>;
  needs?: Needed;
  run: (context: StageContext, needs: Values<Needed>, options: Options) => Promise<Outcome>;
  /** The outcome for people; default: its summary. */
  render?: (outcome: Outcome, environment: LoadedEnvironment) => string | Promise<string>;
  /** What the summaries of a pipeline must not hide. */
  remark?: (outcome: Outcome) => string | undefined;
  /** The failure that the outcome is; a pipeline stops at it. */
  findings?: (
    outcome: Outcome,
    environment: LoadedEnvironment,
    needs: Values<Needed>,
  ) => UserError | undefined | Promise<UserError | undefined>;
}

/** Declares a stage that no other needs. */
export function stage<Options, Needed extends Needs, Outcome extends StageOutcome>(
  definition: StageDefinition<Options, Needed, Outcome>,
): Stage {
  return build(definition);
}

/** Declares a {@link DerivedStage}. */
export function derivedStage<Options, Needed extends Needs, Outcome extends StageOutcome>(
  definition: StageDefinition<Options, Needed, Outcome>,
): DerivedStage<Outcome> {
  return build(definition);
}

/**
 * Declares a {@link RecordedStage}.
 * @param record.schema of its result
 * @param record.missing the failure, with the hint that names the command to run first, where it has not run
 */
export function recordedStage<
  Options,
  Needed extends Needs,
  Result extends object,
  Outcome extends StageOutcome & { result: Result },
>(
  record: {
    schema: () => Promise<ZodType<Result>>;
    missing: (environment: LoadedEnvironment, hint: string) => UserError;
  },
  definition: StageDefinition<Options, Needed, Outcome>,
): RecordedStage<Result> {
  const { name } = definition;
  const find = async (environment: LoadedEnvironment): Promise<Result | undefined> => {
    const { readRecord } = await import('./state/run-state.ts');
    return readRecord(environment, name, await record.schema());
  };
  const get = async ({ environment }: StageContext): Promise<Result> => {
    const result = await find(environment);
    if (result !== undefined) return result;
    throw record.missing(environment, `Run it first: '${commandFor(environment, name)}'.`);
  };
  return { ...build(definition), get, find };
}

/** Declares a file that a stage reads: its faults are reported before anything is begun. */
export function input<Value, Options>(
  read: (context: RunContext, options: Options) => Promise<Value>,
): Need<Value> {
  const values = new WeakMap<LoadedEnvironment, Promise<Value>>();
  const get = (context: RunContext, flags: Flags): Promise<Value> => {
    const value = values.get(context.environment) ?? read(context, optionsIn<Options>(flags));
    values.set(context.environment, value);
    return value;
  };
  return { get, prepare: async (context, flags) => void (await get(context, flags)) };
}

/** A stage's flags and the type of their values stand in one file: the compiler cannot hold one against the other. */
function optionsIn<Options>(flags: Flags): Options {
  return flags as Options;
}

function build<Options, Needed extends Needs, Outcome extends StageOutcome>(
  definition: StageDefinition<Options, Needed, Outcome>,
): DerivedStage<Outcome> {
  const { needs, run, render, remark, findings, mode, ask, shows = false, ...declared } = definition;
  const { name } = declared;
  const outcomes = new WeakMap<LoadedEnvironment, Outcome>();

  async function execute(context: StageContext, flags: Flags) {
    const { environment } = context;
    context.signal.throwIfAborted();
    const startedAt = performance.now();
    const values: Record<string, unknown> = {};
    for (const [key, need] of Object.entries<Need<unknown>>(needs ?? {}))
      values[key] = await need.get(context, flags);
    // Each key has the value of its own need.
    const given = values as Values<Needed>;
    const outcome = await run(context, given, optionsIn<Options>(flags));
    if (!shows) {
      const { recordStage } = await import('./state/run-state.ts');
      await recordStage(environment, name, {
        finishedAt: new Date().toISOString(),
        durationMs: Math.round(performance.now() - startedAt),
        result: { ...outcome.result },
      });
    }
    outcomes.set(environment, outcome);
    return { outcome, given };
  }

  return {
    ...declared,
    needs: Object.values<Need<unknown>>(needs ?? {}),
    mode: (flags) => mode?.(optionsIn<Options>(flags)),
    hasRun: (environment) => outcomes.has(environment),
    ask: ask && ((context, flags) => ask(context, optionsIn<Options>(flags))),
    get: async (context, flags) =>
      outcomes.get(context.environment) ?? (await execute(context, flags)).outcome,
    run: async (context, flags) => {
      const { environment } = context;
      const { outcome, given } = await withHintsInCommands(environment, () => execute(context, flags));
      const { summary, result } = outcome;
      return {
        stage: name,
        summary,
        result,
        text: async () => (render === undefined ? summary : render(outcome, environment)),
        remark: remark?.(outcome),
        findings: await findings?.(outcome, environment, given),
      };
    },
  };
}

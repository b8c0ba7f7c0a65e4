import { UserError } from '@ecommerce-dms/errors';
import type { Argument, Option } from 'commander';
import type { ZodType } from 'zod';
import { commandFor } from './command-for.ts';
import type { LoadedEnvironment } from './config/load-config.ts';
import { withHintsInCommands } from './hints-in-commands.ts';

// `dms --help` loads this file and those of the stages: what a stage works with is imported when it runs.

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

/** What every stage gives back; it may have more, for its text and for the stages that need it. */
export interface StageOutcome {
  /** One line for people: what was done, with figures. */
  summary: string;
  /** For the state file and for programs. Never a secret. */
  result: object;
}

/** The flags of a command with their values, as commander has read them. */
export type Flags = Readonly<Record<string, unknown>>;

/** What a stage needs from elsewhere: an earlier stage, or a file. */
export interface Need<Value> {
  /** Looks for it before anything is begun. */
  prepare?: (context: RunContext, flags: Flags) => Promise<void>;
  get: (context: StageContext, flags: Flags) => Promise<Value>;
}

type Needs = Readonly<Record<string, Need<unknown>>>;
type Values<Needed extends Needs> = {
  [Name in keyof Needed]: Needed[Name] extends Need<infer Value> ? Value : never;
};

/** What everybody may know of a stage. */
interface Declared {
  /** Its command, and its name in the state file: `seed`, `seed --undo`. */
  name: string;
  /** What `dms --help` says of its command; default: it has none. */
  help?: string;
  /** Shown while it runs. */
  title: string;
  /** The argument of its command; its value is the flag of that name. */
  argument?: Argument;
  /** Flags of its command and of the pipelines that have it. */
  flags?: readonly Option[];
  /** Flags of its command alone. */
  ownFlags?: readonly Option[];
  /** Flags of the pipelines alone. */
  pipelineFlags?: readonly Option[];
  /** The environments that it is for; default: all. */
  target?: 'local' | 'aws';
  /** Whether pipelines go through it in an environment; default: always. */
  isFor?: (environment: LoadedEnvironment) => boolean;
  /** Whether it writes to the database: a local standby is repaired meanwhile, since commits wait for it. */
  writes?: boolean;
}

/** A stage, or a mode of one, as its file declares it. `Options` are the values of its flags. */
export interface StageDefinition<
  Options,
  Needed extends Needs,
  Outcome extends StageOutcome,
> extends Declared {
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
  /** The failure that the outcome is, exit code 3; a pipeline stops at it. */
  findings?: (
    outcome: Outcome,
    environment: LoadedEnvironment,
    needs: Values<Needed>,
  ) => UserError | undefined | Promise<UserError | undefined>;
}

/** A stage that ran. */
export interface StageRun extends StageOutcome {
  stage: string;
  /** All of it for people. */
  text: () => Promise<string>;
  remark: string | undefined;
  findings: UserError | undefined;
}

/** A stage as the commands run it. */
export interface Stage extends Declared {
  needs: readonly Need<unknown>[];
  mode: (flags: Flags) => Stage | undefined;
  ask: ((context: RunContext, flags: Flags) => Promise<void>) | undefined;
  run: (context: StageContext, flags: Flags) => Promise<StageRun>;
  /** Whether it has run, in this process. */
  hasRun: (environment: LoadedEnvironment) => boolean;
}

/** A stage whose outcome follows from the settings: whoever needs it takes that of this process, or runs it. */
export interface DerivedStage<Outcome> extends Stage, Need<Outcome> {}

/** A stage whose result is read from the state file, which another machine may have written. */
export interface RecordedStage<Result> extends Stage, Need<Result> {
  /** @returns undefined where the stage has not run */
  find: (environment: LoadedEnvironment) => Promise<Result | undefined>;
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
 * @param record.missing what is said, with the command to run first, where it has not run
 */
export function recordedStage<
  Options,
  Needed extends Needs,
  Result extends object,
  Outcome extends StageOutcome & { result: Result },
>(
  record: { schema: () => Promise<ZodType<Result>>; missing: (environment: LoadedEnvironment) => string },
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
    throw new UserError(`no-${name}`, record.missing(environment), {
      hint: `Run it first: '${commandFor(environment, name)}'.`,
    });
  };
  return { ...build(definition), get, find };
}

/** Declares a file that a stage reads: its faults are told before anything is begun. */
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

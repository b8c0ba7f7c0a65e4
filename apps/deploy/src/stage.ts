import type { UserError } from '@ecommerce-dms/errors';
import type { Argument, Option } from 'commander';
import type { LoadedEnvironment } from './config/load-config.ts';

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

/** What a stage declares of itself. */
export interface StageDeclaration {
  /** Its command, and its name in the state file: `seed`, `seed --undo`. */
  name: string;
  /** What `dms --help` says of its command; default: it has none. */
  help?: string;
  /** What its own help and the pages say beside that, as sentences. */
  details?: string;
  /**
   * The job of `.github/workflows/deploy.yml` that runs it, by what it has to reach: nothing, AWS to change it, or the
   * database. Each stage of `deploy` has one but the plan, whose job may only read.
   */
  job?: 'check' | 'apply' | 'database';
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

/** A stage that ran. */
export interface StageRun extends StageOutcome {
  stage: string;
  /** All of it for people. */
  text: () => Promise<string>;
  remark: string | undefined;
  findings: UserError | undefined;
}

/** A stage as the commands run it. */
export interface Stage extends StageDeclaration {
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

import type { Argument, Option } from 'commander';
import type { ProjectLocation } from '../compat/previous/previous-release.ts';
import type { Migrator } from '../migrator.ts';

// `--help` loads this file and those of the verbs: what a verb works with is imported when it runs.

/** What a verb has beside the migrator and its options. */
export interface VerbContext {
  /** Aborted when the user interrupts the command. */
  signal: AbortSignal;
  /** Tells a line of progress. */
  progress: (line: string) => void;
  /** Where the code of the project is. */
  project: ProjectLocation;
}

/** What a verb has done or found. */
export interface VerbResult {
  /** The document of `--json`. */
  json: object;
  /** The same for people. */
  text: string;
  /** Whether it has found what must be acted upon: exit code 3. */
  hasFindings?: boolean;
}

/** A command of the migrator, as its file declares it. */
export interface Verb {
  name: string;
  /** What it does, in a few words, for the list of all. */
  summary: string;
  /** What its own help says beside that, as sentences. */
  details?: string;
  /** It changes nothing in the database. Default: false. */
  isReadOnly?: boolean;
  argument?: Argument;
  options?: readonly Option[];
  /** @param options by their names in camel case, that of the argument included */
  run: (migrator: Migrator, options: Options, context: VerbContext) => Promise<VerbResult>;
}

/** The values of a verb's options and its argument, as commander has read them. */
// Each verb states those that it declares.
// oxlint-disable-next-line typescript/no-explicit-any
type Options = any;

/** Declares a verb whose `run` takes `Options`. */
export function verb<Values>(
  declaration: Omit<Verb, 'run'> & {
    run: (migrator: Migrator, options: Values, context: VerbContext) => Promise<VerbResult>;
  },
): Verb {
  return declaration;
}

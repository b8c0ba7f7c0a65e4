import { isUserError, UserError } from '@ecommerce-dms/errors';
import { type Command, Option } from 'commander';
import { commandName } from '../migrator-command.ts';
import type { Migrator } from '../migrator.ts';
import { verbs } from './verbs.ts';
import type { VerbContext } from './verb.ts';

/** The options that every verb has, beside those of the program. */
export interface VerbOptions extends Record<string, unknown> {
  json?: boolean;
}

/** What the program gives the verbs. */
export interface VerbProgram<Options extends VerbOptions> {
  /** Options of the program that each verb takes, too. */
  options: readonly Option[];
  /** Calls `use` with the migrator that the options name. */
  withMigrator: <Result>(
    options: Options,
    use: (migrator: Migrator, context: VerbContext) => Promise<Result>,
  ) => Promise<Result>;
  /** Writes the result to stdout, with a line break at the end. */
  print: (text: string) => void;
  /** A command line of the program, for messages: `repair --forget M1` becomes `dms migrate repair --forget M1`. */
  commandLine: (verbAndOptions: string, options: Options) => string;
}

/** Adds the verbs of the migrator to a command line, each as a subcommand. */
export function addVerbs<Options extends VerbOptions>(parent: Command, program: VerbProgram<Options>): void {
  for (const { name, summary, details = '', argument, options = [], run } of verbs) {
    const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
    const command = parent.command(name).summary(summary).description(`${sentence} ${details}`.trimEnd());
    if (argument !== undefined) command.addArgument(argument);
    for (const option of [...options, ...program.options]) command.addOption(option);
    command.addOption(new Option('--json', 'print the result as one JSON document'));
    command.action(async () => {
      const given = command.optsWithGlobals<Options>();
      const own = Object.fromEntries(
        options.map((option) => option.attributeName()).map((key) => [key, given[key]]),
      );
      const values = {
        ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
        ...(argument !== undefined && { [argument.name()]: command.processedArgs[0] as unknown }),
      };
      const inCommands = (text: string): string => inTermsOf(program, given, text);
      try {
        const { json, text, hasFindings } = await program.withMigrator(given, (migrator, context) =>
          run(migrator, values, context),
        );
        program.print(given.json === true ? JSON.stringify(json, null, 2) : inCommands(text));
        if (hasFindings === true)
          throw new UserError('migration-findings', `${name} has found what needs a decision.`);
      } catch (error) {
        if (!isUserError(error)) throw error;
        const { code, message, hint } = error;
        throw new UserError(code, inCommands(message), {
          hint: hint === undefined ? undefined : inCommands(hint),
          cause: error,
        });
      }
    });
  }
}

/** Messages name commands of this package; those of the program that the user has called are another's. */
function inTermsOf<Options extends VerbOptions>(
  { commandLine }: VerbProgram<Options>,
  options: Options,
  text: string,
): string {
  return text.replaceAll(new RegExp(`${commandName} ([^\`\\n]+)`, 'g'), (_, words: string) =>
    commandLine(words, options),
  );
}

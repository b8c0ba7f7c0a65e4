import { isUserError, withHint } from '@ecommerce-dms/errors';
import { commandName } from '../migrator-command.ts';

/** A command line of the program that runs the verbs: of `repair --forget M1`, `dms migrate repair --forget M1`. */
export type CommandLine = (verbAndOptions: string) => string;

/**
 * A text whose commands of this package are those of another program, or have further options.
 *
 * @param quote what such a command is put in instead of backticks
 */
export function inCommands(text: string, commandLine: CommandLine, quote = '`'): string {
  return text.replaceAll(
    new RegExp(`(\`?)${commandName} ([^\`\\n]+)\\1`, 'g'),
    (_, mark: string, words: string) => {
      const around = mark === '' ? '' : quote;
      return `${around}${commandLine(words)}${around}`;
    },
  );
}

/** Calls `work`; the message and the hint of its failure are {@link inCommands}. */
export async function withErrorsInCommands<Result>(
  commandLine: CommandLine,
  work: () => Promise<Result>,
  quote?: string,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUserError(error)) throw error;
    const message = inCommands(error.message, commandLine, quote);
    const hint = error.hint === undefined ? undefined : inCommands(error.hint, commandLine, quote);
    throw message === error.message && hint === error.hint ? error : withHint(error, hint, message);
  }
}

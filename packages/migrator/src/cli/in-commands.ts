import { isUserError, UserError } from '@ecommerce-dms/errors';
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
    const { code, message, hint } = error;
    const texts = [message, hint ?? ''].map((text) => inCommands(text, commandLine, quote));
    if (texts[0] === message && texts[1] === (hint ?? '')) throw error;
    throw new UserError(code, texts[0] ?? '', { hint: hint && texts[1], cause: error });
  }
}

import { isUserError, UserError } from '@ecommerce-dms/errors';
import { commandFor } from '../command-for.ts';

type Command = (command: string) => string;

/** What the seeder's hints say in its own terms, and the command that does it. */
const phrases: readonly (readonly [RegExp, (command: Command) => string])[] = [
  [
    /call restore\(\{ url, discardRowsOfOthers: true \}\)\./,
    (command) => `'${command('seed --undo --discard-rows-of-others')}'.`,
  ],
  [
    /Seed \S+ again, or call restore\(\), when the server answers: both put them back\./,
    (command) => `When the server answers, '${command('seed --undo')}' puts them back.`,
  ],
];

/** Runs work of the seeder; a hint in a failure names commands of `dms` instead of the seeder's functions. */
export async function withHintsInCommands<Result>(
  environment: { name: string },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUserError(error) || error.hint === undefined) throw error;
    const command: Command = (text) => commandFor(environment, text);
    const hint = phrases.reduce(
      (text, [phrase, say]) => text.replace(phrase, () => say(command)),
      error.hint,
    );
    throw new UserError(error.code, error.message, { hint, exitCode: error.exitCode, cause: error });
  }
}

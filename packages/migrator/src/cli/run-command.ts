import { isUserError, redactSecrets } from '@ecommerce-dms/errors';
import { CommanderError } from 'commander';
import { buildProgram, type Surroundings } from './program.ts';

/**
 * Runs a command line, and reports a failure: a user's mistake as a sentence and a hint, with `--json` as a document on
 * stdout too; anything else with its stack.
 *
 * @returns the exit code: 0 done, 1 failed, 2 usage or settings, 3 findings
 */
export async function runCommand(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<0 | 1 | 2 | 3> {
  const secrets = [
    surroundings.env['DATABASE_URL'],
    surroundings.env['MIKRO_ORM_CLIENT_URL'],
    ...words,
  ].filter((each) => each !== undefined && /^postgres(ql)?:/.test(each));
  const redact = (text: string): string => redactSecrets(text, secrets as string[]);
  const progress = (line: string): void => surroundings.progress(redact(line));
  const print = (text: string): void => surroundings.print(redact(text));
  let isPrinted = false;
  const program = buildProgram({
    ...surroundings,
    progress,
    print: (text) => {
      isPrinted = true;
      print(text);
    },
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    // commander has already printed what is wrong, and ends help and version with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!isUserError(error)) {
      progress('An unexpected error; please report it with the lines below.');
      progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return 1;
    }
    const { code, message, hint, exitCode } = error;
    if (words.includes('--json') && !isPrinted)
      print(`${JSON.stringify({ error: { code, message, hint } }, null, 2)}\n`);
    progress(message);
    if (hint !== undefined) progress(hint);
    return exitCode;
  }
}

import { createInterface } from 'node:readline/promises';
import { UserError } from '@ecommerce-dms/errors';

/**
 * Lets the user type `expected` on the terminal.
 *
 * @param question one line, that says what will be done
 * @param flag what confirms without a terminal: `--yes`
 * @throws UserError `not-confirmed`: something else was typed (exit code 1), or there is no terminal (2)
 */
export async function confirm(
  question: string,
  expected: string,
  flag: string,
  signal: AbortSignal,
): Promise<void> {
  if (!process.stdin.isTTY || process.env.CI !== undefined) {
    throw new UserError('not-confirmed', `${question} There is no terminal on which to confirm it.`, {
      hint: `Without a terminal, ${flag} confirms it.`,
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal gives us Ctrl-C as a key.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal
      .question(`${question} Type '${expected}' to go on: `, { signal })
      .catch((error: unknown) => {
        if (signal.aborted) throw error;
        // Ctrl-D: the end of the input.
        return '';
      });
    if (answer.trim() === expected) return;
  } finally {
    terminal.close();
  }
  throw new UserError('not-confirmed', `That was not '${expected}': nothing was done.`);
}

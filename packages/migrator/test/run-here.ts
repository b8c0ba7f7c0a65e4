import { runCommand } from '../src/cli/run-command.ts';

/** What a command has printed, and what it has returned. */
export interface Outcome {
  code: number;
  /** What it tells on stdout, and its progress where that was asked for. */
  text: string;
}

/** Runs the command of the package in a folder, within this process. */
export async function runHere(
  folder: string,
  words: readonly string[],
  { withProgress = true }: { withProgress?: boolean } = {},
): Promise<Outcome> {
  let text = '';
  const code = await runCommand(words, {
    folder,
    env: {},
    signal: new AbortController().signal,
    print: (printed) => (text += printed),
    progress: (line) => {
      if (withProgress) text += `${line}\n`;
    },
  });
  return { code, text };
}

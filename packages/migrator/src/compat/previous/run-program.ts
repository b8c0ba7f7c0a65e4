import { spawn } from 'node:child_process';

/** How a program has ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  /** Both of its outputs, in the order in which they came. */
  output: string;
}

/** Runs a program, or with `shell` a command line, to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; shell?: boolean; signal?: AbortSignal | undefined },
): Promise<Ended> {
  const { env = process.env, shell = false, cwd, signal } = options;
  const child = spawn(program, args, { cwd, env, shell, ...(signal && { signal }) });
  const ended: Ended = { code: null, stdout: '', output: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text;
    ended.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (ended.output += text));
  ended.code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return ended;
}

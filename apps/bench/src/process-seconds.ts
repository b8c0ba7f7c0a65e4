import { spawn } from 'node:child_process';

/** How often a figure is taken of which the median counts. */
export const runs = 5;

export async function medianOf(run: () => Promise<number>): Promise<number> {
  const seconds: number[] = [];
  for (let index = 0; index < runs; index += 1) seconds.push(await run());
  return seconds.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

/** How long a process of Node takes from its start to its end. */
export function secondsOf(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve((performance.now() - startedAt) / 1000);
      else reject(new Error(`node ${args.join(' ')} ended with ${code}:\n${output}`));
    });
  });
}

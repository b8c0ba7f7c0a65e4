import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Scenario } from './scenarios.ts';

/** Runs a scenario in a process of its own; it is killed at the end of the test if it is still running. */
export function startUp(url: string, scenario: Scenario): ChildProcess {
  const script = fileURLToPath(new URL('up.ts', import.meta.url));
  const child = spawn(process.execPath, [script, url, scenario], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The names of the migrations that a child applied, once it has ended well. */
export async function appliedBy(child: ChildProcess): Promise<string[]> {
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The child ended with ${code}.`);
  return JSON.parse(output);
}

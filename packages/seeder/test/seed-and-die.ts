import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';

/**
 * Seeds the library in another process, which kills itself: in `load` before the first row, in `rows` after some, in
 * any other phase after its first step.
 */
export async function seedAndDie(url: string, run: { authors: number; phase: string }): Promise<void> {
  const script = new URL('./seed-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, url, String(run.authors), run.phase], { stdio: 'inherit' });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

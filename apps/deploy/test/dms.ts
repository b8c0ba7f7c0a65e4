import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { QueryResultRow } from 'pg';
import { withClient } from '../src/database/with-client.ts';

export const bin = fileURLToPath(new URL('../bin/dms.mjs', import.meta.url));

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running `dms`, for tests that interrupt it. */
export class Dms {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  /** Leads a process group of its own, so that {@link kill} reaches whatever it has started. */
  constructor(folder: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Sends a signal to its process group, as a terminal or an orchestrator does. */
  kill(signal: NodeJS.Signals): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, signal);
  }

  /** Waits until stderr shows `text`, or the command has ended; says whether it was shown. */
  async shows(text: string): Promise<boolean> {
    while (
      this.process.exitCode === null &&
      this.process.signalCode === null &&
      !this.stderr.includes(text)
    ) {
      await setTimeout(5);
    }
    return this.stderr.includes(text);
  }
}

/** Runs `dms` in a folder to its end. */
export function dms(folder: string, ...args: string[]): Promise<Ended> {
  return new Dms(folder, args).ended;
}

/** The connection strings of the local environment in a folder. */
export async function urlsIn(folder: string): Promise<{ writer: string; reader: string; migrator: string }> {
  return JSON.parse((await dms(folder, 'urls', '--json')).stdout);
}

/** The rows of a statement, on a session of its own. */
export async function query<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  return await withClient(url, async (client) => (await client.query<Row>(sql)).rows);
}

/** Runs the commands that a hint names, in order: each that stands in quotes. */
export async function followHint(
  folder: string,
  stderr: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const [, command = ''] of stderr.matchAll(/'dms ([^']+)'/g)) {
    ended.push(await new Dms(folder, command.split(' '), env).ended);
  }
  return ended;
}

/** Writes `dms.config.ts` with these environments into a folder, which is made if it is absent. */
export async function folderWith(environments: object, ...path: string[]): Promise<string> {
  const folder = join(...path);
  await mkdir(folder, { recursive: true });
  const settings = `export default { environments: ${JSON.stringify(environments, null, 2)} };\n`;
  await writeFile(join(folder, 'dms.config.ts'), settings);
  return folder;
}

/**
 * A new folder; whatever runs in it is stopped and deleted by `remove`.
 * @param environments of its settings; default: it has no file of settings
 */
export async function scratchFolder(
  environments?: object,
): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'dms-test-'));
  if (environments !== undefined) await folderWith(environments, path);
  return {
    path,
    remove: async () => {
      await dms(path, 'down', '--purge');
      await rm(path, { recursive: true, force: true });
    },
  };
}

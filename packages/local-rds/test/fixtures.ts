import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { clusterStatus, removeCluster, type NodeStatus } from '../src/index.ts';
import { scratchDirectory } from '../src/scratch-directory.ts';

/** A folder of one test; the cluster in its `name` is removed after the test. */
export async function temporaryDirectory(name = 'cluster'): Promise<string> {
  const parent = await mkdtemp(join(await scratchDirectory(), 'local-rds-test-'));
  await chmod(parent, 0o711);
  const directory = join(parent, name);
  onTestFinished(async () => {
    await removeCluster(directory).catch(() => undefined);
    await rm(parent, { recursive: true, force: true });
  });
  return directory;
}

/** The values of one or more statements, flattened. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const results = [await client.query({ text: sql, rowMode: 'array' })].flat();
    return results.flatMap(({ rows }) => rows).flat();
  } finally {
    await client.end();
  }
}

/** The reader's superuser URL. */
export function onPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

export async function nodesOf(directory: string): Promise<[NodeStatus, ...NodeStatus[]]> {
  return (await clusterStatus(directory)).nodes as [NodeStatus, ...NodeStatus[]];
}

/** The server processes of a folder, those that no pid file knows included. Linux only. */
export async function processesIn(directory: string): Promise<number[]> {
  const pids: number[] = [];
  for (const pid of await readdir('/proc')) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(directory) && command.includes('postgres')) pids.push(Number(pid));
  }
  return pids;
}

/** How many servers (`postgres -D FOLDER/node-N`, without their workers) run in a folder. Linux only. */
export async function postmastersIn(directory: string): Promise<number> {
  const commands = await Promise.all(
    (await processesIn(directory)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((command) => command.includes('\0-D\0')).length;
}

export async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await delay(20);
}

export interface Script {
  /** Resolves with the script's output when it has printed a line that starts with `text`. */
  printed(text: string): Promise<string>;
  kill(): Promise<void>;
  /** Resolves with all output when the script ended. */
  ended: Promise<string>;
}

/** Runs a module in another Node process; `source` sees all exports of the package's index as `rds`. */
export function runScript(source: string, account: { uid?: number; gid?: number } = {}): Script {
  const index = new URL('../src/index.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import * as rds from '${index}';\n${source}`],
    { stdio: ['ignore', 'pipe', 'pipe'], ...account },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(() => output);
  return {
    ended,
    async printed(text) {
      while (!`\n${output}`.includes(`\n${text}`) && child.exitCode === null)
        await once(child.stdout, 'data');
      return output;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

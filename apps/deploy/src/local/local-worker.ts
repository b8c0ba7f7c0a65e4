import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerStatus } from '@ecommerce-dms/entities';
import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { processStart } from './process-start.ts';

const record = z.object({
  pid: z.int().positive(),
  /** Of {@link processStart}: another process may have this number by now. */
  start: z.string(),
  port: z.int().nullable(),
});
type WorkerRecord = z.infer<typeof record>;

/** The worker that `dms up --worker` has started. */
export interface LocalWorker {
  pid: number;
  port: number | null;
  /** What it answers on `/healthz`; null where it does not answer. */
  health: WorkerStatus | null;
}

/** Longer than a worker takes to stop. */
const stopMs = 15_000;
const startMs = 30_000;

const recordFile = ({ directory }: LoadedEnvironment): string => join(directory, 'worker.json');
const logFile = ({ directory }: LoadedEnvironment): string => join(directory, 'worker.log');

async function writeRecord(environment: LoadedEnvironment, worker: WorkerRecord): Promise<void> {
  const file = recordFile(environment);
  await writeFile(`${file}.${process.pid}`, JSON.stringify(worker), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
}

/** The worker that is written down; undefined where there is none. */
async function readRecord(environment: LoadedEnvironment): Promise<WorkerRecord | undefined> {
  const text = await readFile(recordFile(environment), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The same, if that very process is running. */
async function runningRecord(environment: LoadedEnvironment): Promise<WorkerRecord | undefined> {
  const worker = await readRecord(environment);
  return worker !== undefined && (await processStart(worker.pid)) === worker.start ? worker : undefined;
}

/**
 * Starts `dms worker` beside the servers, and waits until it takes part. It outlives this command; `dms down` stops it.
 *
 * @throws UserError `worker-not-started` with the end of its log
 */
export async function startLocalWorker(
  environment: LoadedEnvironment,
  signal: AbortSignal,
): Promise<LocalWorker> {
  await stopLocalWorker(environment);
  const log = await open(logFile(environment), 'w', 0o600);
  const [program = ''] = process.argv.slice(1);
  const child = spawn(
    process.execPath,
    [program, 'worker', '--env', environment.name, '--json', '--port', '0', '--attached'],
    { cwd: environment.root, detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  // Rejects where the child emits an error instead.
  await once(child, 'spawn');
  await log.close();
  const pid = child.pid ?? 0;
  const start = await processStart(pid);
  if (start !== undefined) await writeRecord(environment, { pid, start, port: null });
  child.unref();
  try {
    const worker = { pid, start: start ?? '', port: await portOf(environment, pid, start, signal) };
    await writeRecord(environment, worker);
    return { pid, port: worker.port, health: await healthOf(worker.port) };
  } catch (error) {
    await stopLocalWorker(environment);
    throw error;
  }
}

/** The port of a worker that has just been started, once it leads or stands by. */
async function portOf(
  environment: LoadedEnvironment,
  pid: number,
  start: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  for (const startedAt = performance.now(); ;) {
    signal.throwIfAborted();
    const log = await readFile(logFile(environment), 'utf8');
    const port = /"type":"listening","port":(\d+)/.exec(log)?.[1];
    if (port !== undefined && /"type":"(leading|standby)"/.test(log)) return Number(port);
    const hasEnded = start === undefined || (await processStart(pid)) !== start;
    if (hasEnded || performance.now() - startedAt > startMs) {
      throw new UserError(
        'worker-not-started',
        `The worker of '${environment.name}' has not started:\n${log.trim().split('\n').slice(-10).join('\n')}`,
        {
          hint: `'${commandFor(environment, 'worker')}' runs it in the foreground.`,
        },
      );
    }
    await delay(100);
  }
}

/**
 * Stops the worker that `dms up --worker` has started.
 *
 * @returns whether there was one
 */
export async function stopLocalWorker(environment: LoadedEnvironment): Promise<boolean> {
  const worker = await runningRecord(environment);
  if (worker !== undefined) {
    await signalTo(worker, 'SIGTERM');
    const startedAt = performance.now();
    while ((await processStart(worker.pid)) === worker.start) {
      if (performance.now() - startedAt > stopMs) await signalTo(worker, 'SIGKILL');
      await delay(50);
    }
  }
  await rm(recordFile(environment), { force: true });
  return worker !== undefined;
}

async function signalTo({ pid, start }: WorkerRecord, signal: NodeJS.Signals): Promise<void> {
  if ((await processStart(pid)) !== start) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The worker that runs beside the servers; `hasDied` where one was started and has ended by itself. */
export async function localWorker(
  environment: LoadedEnvironment,
): Promise<(LocalWorker & { hasDied: false }) | { hasDied: true; log: string } | undefined> {
  const worker = await runningRecord(environment);
  if (worker !== undefined) {
    const { pid, port } = worker;
    return { pid, port, health: await healthOf(port), hasDied: false };
  }
  return (await readRecord(environment)) === undefined
    ? undefined
    : { hasDied: true, log: logFile(environment) };
}

async function healthOf(port: number | null): Promise<WorkerStatus | null> {
  if (port === null) return null;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
    return (await response.json()) as WorkerStatus;
  } catch {
    return null;
  }
}

/**
 * Aborts when the environment's folder does not name this process any more: deleted, or with another worker. So no worker
 * is left behind by a folder that was removed.
 */
export function detachment(environment: LoadedEnvironment, ending: AbortSignal): AbortSignal {
  const detached = new AbortController();
  const watch = async (): Promise<void> => {
    // The command that starts it writes the record a moment later.
    for (let missed = 0; missed < 3;) {
      await delay(2000, undefined, { signal: ending, ref: false });
      missed = (await readRecord(environment))?.pid === process.pid ? 0 : missed + 1;
    }
    detached.abort();
  };
  watch().catch(() => undefined);
  return detached.signal;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { ClientBase } from 'pg';
import { feasibleTasks } from '../maintenance/maintenance-tasks.ts';
import { maintain } from '../maintenance/operations/maintain.ts';
import { dueTasks } from '../maintenance/record-run.ts';
import { ormOptions } from '../orm-options.ts';
import { relayOutbox } from '../runtime/relay-outbox.ts';
import {
  destroyConnection,
  type LeaderSession,
  ownerName,
  refuseFormerTerm,
  termName,
} from './leader-session.ts';
import type { WorkerHealth } from './worker-health.ts';
import type { WorkerSettings } from './worker-options.ts';

const scheduleMs = 1000;
/** The alarm `worker-silent` counts on it. */
const reportMs = 60_000;

/**
 * Relays and maintains until the worker is stopped or its session is lost.
 *
 * @returns whether all of it has ended by itself in `stopTimeoutMs`
 * @throws why the term ended, unless the worker was stopped
 */
export async function leadTerm(
  session: LeaderSession,
  settings: WorkerSettings,
  health: WorkerHealth,
): Promise<boolean> {
  const term = randomUUID();
  await session.beginTerm(term);
  const failed = new AbortController();
  const ending = AbortSignal.any([settings.signal, session.lost, failed.signal]);
  await using app = await openFenced(settings.url, term, termName(term));
  await using owner =
    settings.ownerUrl === undefined ? undefined : await openFenced(settings.ownerUrl, term, ownerName(term));
  health.lead(term);
  settings.onEvent?.({ type: 'leading', term });
  const works = [
    beat(session, settings, health, ending),
    schedule(app.em, owner?.em, settings, health, ending),
    ...(settings.deliver === undefined ? [] : [relay(app.em, settings.deliver, settings, ending)]),
  ];
  for (const work of works) work.catch((error: unknown) => failed.abort(error));
  const ended = Promise.allSettled(works).then(() => true);
  await aborted(ending);
  const isClean = await Promise.race([ended, delay(settings.stopTimeoutMs, false, { ref: false })]);
  if (!isClean) {
    app.destroy();
    owner?.destroy();
  }
  if (!settings.signal.aborted) throw ending.reason;
  return isClean;
}

/** Its connections work only in this term. */
async function openFenced(url: string, term: string, applicationName: string) {
  const options = ormOptions({ url, applicationName });
  const clients = new Set<ClientBase>();
  const onConnect = async (client: ClientBase): Promise<void> => {
    clients.add(client);
    client.once('end', () => clients.delete(client));
    await refuseFormerTerm(client, term);
  };
  const orm = await MikroORM.init({
    ...options,
    driverOptions: { ...options.driverOptions, connectionTimeoutMillis: 5000, onConnect },
    logger: () => undefined,
  });
  const destroy = (): void => clients.forEach(destroyConnection);
  return {
    em: orm.em,
    destroy,
    async [Symbol.asyncDispose]() {
      // Its pool waits for connections in use.
      const timer = setTimeout(destroy, 1000);
      await orm.close(true);
      clearTimeout(timer);
    },
  };
}

/**
 * Gives a sign of life five times in `takeoverAfterMs`. Where there was none for so long, as after the process was
 * stopped, the term is over, whatever the connection says.
 */
async function beat(
  session: LeaderSession,
  { takeoverAfterMs }: WorkerSettings,
  health: WorkerHealth,
  ending: AbortSignal,
): Promise<void> {
  let reportedAt = -Infinity;
  for (let lastAt = performance.now(); !ending.aborted;) {
    health.seen(await session.beat());
    if (health.isUpToDate && performance.now() - reportedAt >= reportMs) {
      await session.report();
      reportedAt = performance.now();
    }
    if (performance.now() - lastAt > takeoverAfterMs) {
      throw new Error(`The worker gave no sign of life for ${takeoverAfterMs} ms: another one may lead.`);
    }
    lastAt = performance.now();
    await pause(takeoverAfterMs / 5, ending);
  }
}

async function relay(
  em: EntityManager,
  handler: NonNullable<WorkerSettings['deliver']>,
  { relay: options, onEvent }: WorkerSettings,
  signal: AbortSignal,
): Promise<void> {
  await relayOutbox(em, {
    ...options,
    handler,
    signal,
    onBatch: (batch) => onEvent?.({ type: 'relayed', batch }),
    onSetAside: (event) => onEvent?.({ type: 'set-aside', event }),
  });
}

/** Runs each task when it is due, and goes on with what `maxTaskMs` has cut off. */
async function schedule(
  em: EntityManager,
  ownerEm: EntityManager | undefined,
  { payments, intervals, ages, onEvent }: WorkerSettings,
  health: WorkerHealth,
  signal: AbortSignal,
): Promise<void> {
  const tasks = feasibleTasks({ payments, ownerEm });
  const intervalsMs = tasks.map((task) => BigInt(intervals[task]));
  let unfinished: readonly string[] = [];
  while (!signal.aborted) {
    const due = await dueTasks(em.fork(), { tasks, intervalsMs });
    const now = new Set([...due.map(({ task }) => task), ...unfinished]);
    if (now.size > 0) {
      const runs = await maintain(em.fork(), {
        tasks: tasks.filter((task) => now.has(task)),
        payments,
        ownerEm,
        intervals,
        ages,
        signal,
      });
      unfinished = runs.filter(({ isUnfinished }) => isUnfinished).map(({ task }) => task);
      health.maintained(runs);
      onEvent?.({ type: 'maintained', runs });
    }
    await pause(scheduleMs, signal);
  }
}

/** Waits, at most until the abort. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

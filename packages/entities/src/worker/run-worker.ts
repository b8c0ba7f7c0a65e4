import { backoffMs } from '../runtime/backoff.ts';
import { leadTerm, pause } from './lead-term.ts';
import { LeaderSession } from './leader-session.ts';
import { serveHealth, WorkerHealth } from './worker-health.ts';
import { parseWorker, type WorkerOptions, type WorkerSettings } from './worker-options.ts';

/** How often a standby asks for the lock of the leader. */
const standbyMs = 500;

/**
 * Publishes the events of the outbox and maintains the shop, as {@link relayOutbox} and {@link maintain} do, until
 * `signal` aborts. Any number may run: one leads, by an advisory lock of the database, and the others take over within a
 * second when it dies, or after `takeoverAfterMs` when it hangs. A leader that was replaced while it hung cannot write
 * any more: its sessions are ended, and new ones are refused. Through failovers and lost connections it begins anew.
 *
 * @throws UserError `invalid-settings`, `invalid-database-url`, `port-in-use`; what `onEvent` throws
 * @example
 * ```ts
 * await runWorker({
 *   url: 'postgres://shop_app:app-secret@127.0.0.1:5432/shop',
 *   deliver: async ({ id, topic, payload }, { signal }) => await queue.send({ id, topic, payload }, { signal }),
 *   signal, // ends it
 * });
 * ```
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  try {
    await work(withOwnErrors(parseWorker(options)));
  } catch (error) {
    throw error instanceof CallbackError ? error.cause : error;
  }
}

async function work(settings: WorkerSettings): Promise<void> {
  const { signal, port, host, takeoverAfterMs, onEvent } = settings;
  const health = new WorkerHealth(takeoverAfterMs);
  await using server = port === undefined ? undefined : await serveHealth(health, { port, host });
  if (server !== undefined) onEvent?.({ type: 'listening', port: server.port });
  let isClean = true;
  for (let failures = 0; !signal.aborted;) {
    try {
      isClean = await takePart(settings, health, () => (failures = 0));
    } catch (error) {
      health.disconnect();
      if (error instanceof CallbackError) throw error;
      onEvent?.({ type: 'interrupted', error });
      failures += 1;
      await pause(backoffMs(failures, { baseDelayMs: 200, maxDelayMs: 5000 }), signal);
    }
  }
  onEvent?.({ type: 'stopped', isClean });
}

/** Waits for the lead, and leads, until the worker is stopped. */
async function takePart(
  settings: WorkerSettings,
  health: WorkerHealth,
  onAnswer: () => void,
): Promise<boolean> {
  const { url, signal, takeoverAfterMs, onEvent } = settings;
  await using session = await LeaderSession.open(url, takeoverAfterMs / 2);
  const ending = AbortSignal.any([signal, session.lost]);
  for (let isKnown = false; !ending.aborted;) {
    const { isLeader, lagMs } = await session.tryLead();
    onAnswer();
    health.seen(lagMs);
    if (isLeader) return await leadTerm(session, settings, health);
    if (!isKnown) onEvent?.({ type: 'standby' });
    isKnown = true;
    health.standBy();
    await session.endSilentLeader(takeoverAfterMs);
    await pause(standbyMs, ending);
  }
  if (!signal.aborted) throw session.lost.reason;
  return true;
}

/** What a callback throws, to be told from what happens to the worker. */
class CallbackError extends Error {}

function withOwnErrors(settings: WorkerSettings): WorkerSettings {
  const { onEvent } = settings;
  if (onEvent === undefined) return settings;
  return {
    ...settings,
    onEvent: (event) => {
      try {
        onEvent(event);
      } catch (cause) {
        throw new CallbackError('onEvent', { cause });
      }
    },
  };
}

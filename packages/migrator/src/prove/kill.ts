import type { ClientConfig } from 'pg';
import { Control } from './control.ts';
import { type KillPoint, PointCounter } from './kill-points.ts';
import { applyThrough, type Subject } from './run-migrations.ts';
import type { Exchange } from './wire-proxy.ts';

/** How a run that was to be killed has ended. */
export interface KilledRun {
  /** It never came to the point. */
  isMissed: boolean;
  /** The request did not wait, so that it could not be killed while it did. */
  isInapplicable: boolean;
  /** What it failed with in the process that lived on; undefined when it went through. */
  error: unknown;
}

/**
 * Runs the migration on a database, and kills the run at a point.
 *
 * @param tables those that a transaction has read which a waiting statement waits for
 */
export async function killAt(
  subject: Subject,
  database: ClientConfig,
  point: KillPoint,
  isPoint: (sql: string) => boolean,
  tables: readonly string[],
): Promise<KilledRun> {
  const counter = new PointCounter(isPoint);
  let isMissed = true;
  let target: Exchange | undefined;
  let isInapplicable = false;
  await using control = await Control.open(database);
  const error = await applyThrough(subject, database, (proxy) => ({
    before: async (exchange) => {
      const number = counter.next(exchange);
      if (exchange.session !== point.session || number !== point.request) return;
      target = exchange;
      isMissed = false;
      if (point.kind === 'before') proxy.cut();
      if (isWaiting(point)) await control.hold(tables);
    },
    sent: async (exchange) => {
      if (exchange !== target) return;
      if (point.kind === 'backend') await control.endBackend(exchange.pid);
      if (!isWaiting(point)) return;
      if (await control.isMadeToWait(exchange)) {
        if (point.kind === 'waiting') proxy.cut();
        else await control.endBackend(exchange.pid);
        await control.gone(exchange.pid);
      } else isInapplicable = true;
      await control.letGo();
    },
    answered: async (exchange) => {
      if (exchange === target && point.kind === 'after') proxy.cut();
    },
  }));
  return { isMissed, isInapplicable, error };
}

function isWaiting({ kind }: KillPoint): boolean {
  return kind === 'waiting' || kind === 'backend-waiting';
}

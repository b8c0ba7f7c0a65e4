import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from './migrator-command.ts';
import type { Queryable } from './ledger.ts';

/**
 * The second half of the lock's keys, by what is locked: the run as a whole, the session that executes statements, or a
 * backfill, whose own name is in the first half.
 */
const objectIds = { run: 1, work: 2, backfill: 3 };

type LockScope = keyof typeof objectIds;

/** The first half of the keys of a ledger's advisory locks: 31 bits of the SHA-256 of the table's name. */
export function lockClass(table: string): number {
  return createHash('sha256').update(`ecommerce-dms/migrator ${table}`).digest().readUInt32BE() >>> 1;
}

/**
 * Takes a session-level advisory lock by polling.
 *
 * It never blocks in the server: a blocked waiter holds a snapshot, which `CREATE INDEX CONCURRENTLY` waits for
 * while the waiter waits for it.
 *
 * @throws UserError `migration-locked`: another session has held the lock for `timeoutMs`; the message names it.
 */
export async function pollAdvisoryLock(
  session: Queryable,
  classId: number,
  scope: LockScope,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    signal?.throwIfAborted();
    const [row] = await session.query('select pg_try_advisory_lock(?, ?) as locked', [
      classId,
      objectIds[scope],
    ]);
    if (row?.['locked'] === true) return;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw await lockedError(session, classId, scope, timeoutMs);
    // Jitter, so that several waiters do not poll in step.
    await delay(Math.min(leftMs, pauseMs * (0.5 + Math.random() / 2)), undefined, { signal });
  }
}

/** The session that holds the lock now, described for an error; undefined when the lock is free. */
export async function advisoryLockHolder(
  session: Queryable,
  classId: number,
  scope: LockScope,
): Promise<string | undefined> {
  const [holder] = await session.query(
    `select l.pid, a.application_name, a.usename, a.client_addr, a.backend_start
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = ? and l.objid = ? and l.objsubid = 2 and l.granted
       and l.database = (select oid from pg_database where datname = current_database())`,
    [classId, objectIds[scope]],
  );
  if (holder === undefined) return undefined;
  const { pid, application_name: application, usename, client_addr: address, backend_start: since } = holder;
  return `pid ${pid}, application_name "${application ?? ''}", user ${usename ?? 'unknown'}, from ${address ?? 'a local socket'}, connected since ${since ?? 'unknown'}`;
}

const holders: Record<LockScope, string> = {
  run: 'Another run of migrations holds the lock',
  work: 'The server is still executing a statement of a run whose process is gone,',
  backfill: 'Another process runs this backfill',
};

async function lockedError(
  session: Queryable,
  classId: number,
  scope: LockScope,
  timeoutMs: number,
): Promise<UserError> {
  const holder = (await advisoryLockHolder(session, classId, scope)) ?? 'it was released just now';
  const pid = /^pid (\d+)/.exec(holder)?.[1];
  const end = pid === undefined ? '' : `; or, if it hangs, end it: \`select pg_terminate_backend(${pid})\``;
  const again = scope === 'backfill' ? migratorCommand('backfill') : migratorCommand('up');
  return new UserError('migration-locked', `${holders[scope]} after ${timeoutMs} ms of waiting: ${holder}.`, {
    hint: `Wait for it to end and run again: ${again}${end}.`,
  });
}

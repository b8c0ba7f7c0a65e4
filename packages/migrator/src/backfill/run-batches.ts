import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { type Blocker, describeBlocker, findBlockers, seconds } from '../locks/blockers.ts';
import { migratorCommand } from '../migrator-command.ts';
import { sqlState } from '../sql-state.ts';
import type { Backfill } from './backfill-file.ts';
import { BatchStatements } from './batch-statements.ts';
import type { BackfillSettings } from './options.ts';
import { Pace } from './pace.ts';
import { type BatchProgress, saveProgress } from './progress-table.ts';
import { Reporter } from './reporter.ts';
import type { BackfillSession } from './session.ts';
import type { Target } from './target.ts';
import { Throttle } from './throttle.ts';

/** What the batches of a backfill work with. */
export interface BatchWork {
  session: BackfillSession;
  backfill: Backfill;
  target: Target;
  /** Quoted and qualified: where progress is recorded. */
  progressTable: string;
  settings: BackfillSettings;
}

/** The batches of a run have ended before the backfill is finished. */
export class BackfillStopped extends Error {
  readonly progress: BatchProgress;

  constructor(progress: BatchProgress) {
    super('Stopped between two batches.');
    this.progress = progress;
  }
}

const maxRetryPauseMs = 2000;
/** Before the second pass, for rows that were locked in the first one; twice as long before each later one. */
const lockedRowsPauseMs = 1000;

/**
 * Runs batches, each in a transaction with its progress, until a pass through the table has found nothing to do.
 *
 * @throws BackfillStopped when the signal has aborted
 * @throws UserError `backfill-failed`: the table stays locked, or rows still need it after the last pass
 */
export async function runBatches(work: BatchWork, begun: BatchProgress): Promise<BatchProgress> {
  const { session, backfill, target, settings } = work;
  const pace = new Pace(settings.batchSize, settings.targetMs);
  const throttle = new Throttle(session, target, settings);
  const reporter = new Reporter(backfill.name, target.estimatedRows, settings.onProgress);
  reporter.begins(begun);
  let progress = begun;
  while (progress.state === 'running') {
    await throttle.wait((reason) => reporter.waits(reason));
    if (settings.signal?.aborted === true) throw new BackfillStopped(progress);
    const before = progress;
    const outcome = await batch(work, before, pace, reporter);
    pace.took(outcome.changeMs);
    progress = outcome.progress;
    reporter.batch(progress, outcome.seen);
    if (progress.pass > before.pass && outcome.skippedInPass > 0) {
      reporter.waits(`others have locked ${outcome.skippedInPass} of its rows`);
      await pause(lockedRowsPauseMs * 2 ** Math.min(before.pass - 1, 5), settings);
    }
    if (progress.state === 'running') await pause(settings.pauseMs, settings);
  }
  if (progress.state === 'finished') return progress;
  throw new UserError(
    'backfill-failed',
    `Backfill ${backfill.name}: after ${settings.maxPasses} passes through ${target.table}, ${progress.passChanged + progress.passSkipped} rows still needed it in the last one. Somebody writes rows that need it, or keeps them locked.`,
  );
}

interface BatchOutcome {
  progress: BatchProgress;
  seen: number;
  /** Of its pass until now: rows that were locked. */
  skippedInPass: number;
  /** How long its rows were read and changed, in ms; the commit may wait for standbys. */
  changeMs: number;
}

/** Runs one batch, and again while locks or its time stand in the way. */
async function batch(
  work: BatchWork,
  before: BatchProgress,
  pace: Pace,
  reporter: Reporter,
): Promise<BatchOutcome> {
  const { session, target, settings } = work;
  const startMs = performance.now();
  let leavesLocked = false;
  for (let attempt = 0; ; attempt++) {
    try {
      return await session.transaction(() => runBatch(work, before, pace.rows, leavesLocked));
    } catch (error) {
      const state = sqlState(error) ?? '';
      if (state === '57014' && pace.shrink()) continue;
      // lock_not_available, deadlock_detected, serialization_failure
      if (!['55P03', '40P01', '40001'].includes(state)) throw error;
      if (settings.signal?.aborted === true) throw new BackfillStopped(before);
      // A row that others have locked is left to the next pass; only then is it the table that is locked.
      const isFirst = !leavesLocked;
      leavesLocked = true;
      if (isFirst) continue;
      const waitedMs = performance.now() - startMs;
      const blockers = await blockersOf(session, target);
      const who = blockers.length === 0 ? 'short transactions' : blockers.map(describeBlocker).join('; ');
      if (settings.tableTimeoutMs > 0 && waitedMs >= settings.tableTimeoutMs) {
        throw new UserError(
          'backfill-failed',
          `Backfill ${work.backfill.name} has waited ${seconds(waitedMs)} for locks on ${target.table}, blocked by ${who}`,
          { cause: error },
        );
      }
      reporter.waits(`${target.table} is locked by ${who}`);
      const pauseMs = Math.min(session.lockAttemptMs * 2 ** Math.min(attempt, 10), maxRetryPauseMs);
      await pause(pauseMs * (0.5 + Math.random() / 2), settings);
    }
  }
}

/** Ends at once when the signal aborts: what follows looks at that. */
async function pause(ms: number, { signal }: BackfillSettings): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

async function blockersOf(session: BackfillSession, { oid, oids, table }: Target): Promise<Blocker[]> {
  const locks = [oid, ...oids].map((each) => ({
    oid: each,
    name: table,
    mode: 'row exclusive' as const,
    canBeTaken: true,
  }));
  return findBlockers(session, locks, []);
}

/** @param leavesLocked whether rows that others have locked are left to the next pass */
async function runBatch(
  { session, backfill, target, progressTable, settings }: BatchWork,
  before: BatchProgress,
  limit: number,
  leavesLocked: boolean,
): Promise<BatchOutcome> {
  const statements = new BatchStatements(backfill, target.key);
  const startMs = performance.now();
  const read = statements.end(before.lastKey, limit);
  const [end] = await session.run(read.sql, read.params);
  const seen = Number(end?.['seen'] ?? 0);
  let changed = 0;
  let skipped = 0;
  let lastKey = before.lastKey;
  if (end !== undefined) {
    const range = { after: before.lastKey, upTo: statements.keyIn(end) };
    const change = leavesLocked ? statements.changeUnlocked(range) : statements.change(range);
    changed = await session.change(change.sql, change.params);
    lastKey = range.upTo;
    if (leavesLocked || (changed > 0 && before.rowsChanged === 0)) {
      const count = statements.countNeeding(range);
      const [row] = await session.run(count.sql, count.params);
      const needing = Number(row?.['needing']);
      if (leavesLocked) skipped = needing;
      else if (needing >= changed) throw endless(backfill, changed);
    }
  }
  const changeMs = performance.now() - startMs;
  const seenInPass = {
    ...before,
    lastKey,
    rowsSeen: before.rowsSeen + seen,
    passChanged: before.passChanged + changed,
    passSkipped: before.passSkipped + skipped,
    rowsChanged: before.rowsChanged + changed,
  };
  const progress = seen < limit ? afterPass(seenInPass, settings.maxPasses) : seenInPass;
  await saveProgress(session, progressTable, backfill.name, progress);
  return { progress, seen, skippedInPass: seenInPass.passSkipped, changeMs };
}

/** A pass that found nothing to do ends the backfill: rows that come later are written as it would leave them. */
function afterPass(progress: BatchProgress, maxPasses: number): BatchProgress {
  if (progress.passChanged + progress.passSkipped === 0)
    return { ...progress, state: 'finished', lastKey: null };
  if (progress.pass >= maxPasses) return { ...progress, state: 'failed', lastKey: null };
  return { ...progress, pass: progress.pass + 1, lastKey: null, rowsSeen: 0, passChanged: 0, passSkipped: 0 };
}

function endless({ name }: Backfill, changed: number): UserError {
  return new UserError(
    'backfill-refused',
    `Backfill ${name}: its WHERE is still true for the ${changed} rows that the first batch has changed, so that it would never end. That batch was rolled back.`,
    {
      hint: `Write a WHERE that is false for the rows that are done, then: ${migratorCommand('backfill', name)}.`,
    },
  );
}

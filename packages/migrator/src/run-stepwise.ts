import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { NonTransactional } from './classify-statement.ts';
import { excerpt } from './excerpt.ts';
import type { Ledger, Queryable } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { Blocker } from './locks/blockers.ts';
import { LockWaitEnded } from './locks/lock-failure.ts';
import { LockWaitClock } from './locks/lock-wait-clock.ts';
import { takeLocks } from './locks/take-locks.ts';
import { underLocks } from './locks/under-locks.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan, PlannedStatement } from './plan-migration.ts';
import { withPostcondition } from './postconditions/postcondition.ts';
import { recoverLeftover } from './postconditions/recover-leftover.ts';
import { statementError, unfinishedRemedy, unknownProgress } from './statement-error.ts';
import type { WorkSession } from './work-session.ts';

/**
 * Runs a migration statement by statement, recording each one, and resumes at the first one that is not recorded.
 *
 * A statement that may run in a transaction shares one with its record, so it takes effect exactly once. For the
 * others, what an attempt without an answer left behind shows whether it took effect.
 */
export async function runStepwise(
  session: WorkSession,
  ledger: Ledger,
  plan: MigrationPlan,
  settings: RunSettings,
): Promise<void> {
  const startedMs = performance.now();
  const resumed = await begin(session, ledger, plan);
  const executionMs = (): number => resumed.executionMs + Math.round(performance.now() - startedMs);
  let index = resumed.nextStatement;
  try {
    await replaySettings(session, plan.statements.slice(0, index));
    for (const statement of plan.statements.slice(index)) {
      const record = (as: Queryable): Promise<void> =>
        ledger.update(as, plan.name, { next_statement: index + 1 });
      const earlier = index === resumed.nextStatement ? resumed.earlier : undefined;
      await runStatement({ session, plan, settings, statement, record }, earlier);
      index++;
    }
  } catch (error) {
    // What could not be recorded may have taken effect: the row stays `running`, so that the next run looks for that.
    if (!isUserError(error) || error.code !== 'ledger-unwritable') {
      const failed = { state: 'failed', execution_ms: executionMs() } as const;
      // When this fails, the row stays `running`, too, from which a run resumes as well.
      await ledger.update(session.asMigrator, plan.name, failed).catch(() => {});
    }
    throw statementError(plan, index, error, settings.signal);
  }
  if (plan.direction === 'down') return await ledger.remove(session.asMigrator, plan.name);
  await ledger.finish(session.asMigrator, plan.name, executionMs());
}

interface Resumption {
  /** The index of the next statement. */
  nextStatement: number;
  /** The time that earlier attempts took. */
  executionMs: number;
  earlier: LedgerRow['state'] | undefined;
}

const fromStart: Resumption = { nextStatement: 0, executionMs: 0, earlier: undefined };

/** Marks the migration as running, and says where it resumes. */
async function begin(session: WorkSession, ledger: Ledger, plan: MigrationPlan): Promise<Resumption> {
  const row = await ledger.row(session, plan.name);
  if (row === undefined) {
    await ledger.insert(session, entryOf(plan), 'running');
    return fromStart;
  }
  if (row.state === 'applied') {
    const start = { direction: 'down', down_fingerprint: plan.fingerprint, next_statement: 0 } as const;
    await ledger.update(session, plan.name, { state: 'running', ...start });
    return fromStart;
  }
  await ledger.update(session, plan.name, { state: 'running' });
  return { nextStatement: row.next_statement, executionMs: row.execution_ms, earlier: row.state };
}

/** What running one statement needs. */
interface Step {
  session: WorkSession;
  plan: MigrationPlan;
  settings: RunSettings;
  statement: PlannedStatement;
  /** Writes into the ledger that the statement is done. */
  record: (as: Queryable) => Promise<void>;
}

/** @param earlier how an earlier attempt of the statement ended; undefined when there was none */
async function runStatement(step: Step, earlier: LedgerRow['state'] | undefined): Promise<void> {
  const { session, statement, record } = step;
  if (statement.commitsItself) return await runCommitting(step, earlier);
  const { nonTransactional } = statement;
  const clock = new LockWaitClock(step.plan, step.settings);
  if (nonTransactional !== undefined) {
    // What waits harmlessly waits in the server.
    const statements = nonTransactional.waitsHarmlessly ? [] : [statement];
    await underLocks(session, statements, clock, (_locks, attempt) =>
      runOutside({ ...step, clock }, nonTransactional, attempt > 0 ? 'failed' : earlier),
    );
    return await recordEffect(step);
  }
  await underLocks(session, [statement], clock, (locks) =>
    session.transaction({
      begin: (opening) => takeLocks(session, locks, opening),
      work: () => withPostcondition(session, statement, () => session.execute(statement.sql)),
      record,
    }),
  );
}

async function runOutside(
  { session, statement, settings, clock }: Step & { clock: LockWaitClock },
  { waitsHarmlessly, leftover }: NonTransactional,
  earlier: LedgerRow['state'] | undefined,
): Promise<void> {
  const isIndex = leftover?.kind === 'create-index';
  const run = async (): Promise<void> => {
    const isDone =
      leftover !== undefined &&
      // An invalid index of that name is of no use to anybody, and in the way.
      (earlier !== undefined || isIndex) &&
      (await recoverLeftover(session, statement, leftover, earlier === 'running'));
    if (isDone) return;
    const waiting = waitsHarmlessly ? (blockers: readonly Blocker[]) => clock.see(blockers) : undefined;
    await withPostcondition(session, statement, () => session.execute(statement.sql, waiting));
  };
  try {
    await (waitsHarmlessly ? withoutLockTimeout(session, run) : run());
  } catch (error) {
    // Writes maintain an invalid index, and a unique one refuses duplicates. What an abort leaves is dropped at resume:
    // that can wait for the same transactions.
    if ((isIndex || leftover?.kind === 'reindex') && settings.signal?.aborted !== true) {
      await withoutLockTimeout(session, () => recoverLeftover(session, statement, leftover, false)).catch(
        () => {},
      );
    }
    throw error;
  }
}

/** Records a statement that has taken effect: its record is tried again where a lock is in the way, not the statement. */
async function recordEffect({ session, plan, settings, record }: Step): Promise<void> {
  try {
    await underLocks(session, [], new LockWaitClock(plan, settings), () => record(session.asMigrator));
  } catch (error) {
    throw error instanceof LockWaitEnded ? error.cause : error;
  }
}

/**
 * A `CALL` or `DO` that commits by itself: nothing tells how far it got when it does not end, so it is begun once, and
 * waits for locks as long as it needs.
 */
async function runCommitting(step: Step, earlier: LedgerRow['state'] | undefined): Promise<void> {
  const { session, plan, statement, settings } = step;
  if (earlier !== undefined) {
    if (settings.unfinished === 'done') return await recordEffect(step);
    if (settings.unfinished !== 'again') throw unfinishedError(plan, statement);
  }
  const run = (): Promise<void> => session.execute(statement.sql);
  await ((await session.hasOwnLockTimeout()) ? run() : withoutLockTimeout(session, run));
  await recordEffect(step);
}

function unfinishedError({ name, direction }: MigrationPlan, { sql, secret }: PlannedStatement): UserError {
  return new UserError(
    'migration-unfinished',
    `Migration ${name} (${direction}): an earlier run came to "${excerpt(sql, secret)}" and did not end it. ${unknownProgress}`,
    { hint: unfinishedRemedy(direction) },
  );
}

/** Waiting for old transactions blocks nobody here, and a timeout would leave an invalid index. */
async function withoutLockTimeout<Result>(session: WorkSession, run: () => Promise<Result>): Promise<Result> {
  const [row] = await session.query(
    `with before as materialized (select current_setting('lock_timeout') as value)
     select value, set_config('lock_timeout', '0', false) from before`,
  );
  try {
    return await run();
  } finally {
    // The session can be gone.
    await session.query(`select set_config('lock_timeout', ?, false)`, [row?.['value']]).catch(() => {});
  }
}

/** A resumed run has a new session, without the settings that earlier statements made. */
async function replaySettings(session: WorkSession, done: readonly PlannedStatement[]): Promise<void> {
  for (const { sql, sessionSetting } of done) if (sessionSetting) await session.execute(sql);
}

import type { Ledger } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan, PlannedStatement } from './plan-migration.ts';
import { recoverLeftover } from './recover-leftover.ts';
import { retryLockTimeout } from './retry-lock-timeout.ts';
import { statementError } from './statement-error.ts';
import type { WorkSession } from './work-session.ts';

/**
 * Runs a migration statement by statement, recording each one, and resumes at the first one that is not recorded.
 *
 * A statement that may run in a transaction shares one with its record, so it takes effect exactly once. For the
 * others, what an attempt without an answer left behind tells whether it took effect.
 */
export async function runStepwise(
  session: WorkSession,
  ledger: Ledger,
  plan: MigrationPlan,
  settings: RunSettings,
): Promise<void> {
  const startedMs = performance.now();
  const resumed = await begin(session, ledger, plan);
  let index = resumed.next_statement;
  try {
    await replaySettings(session, plan.statements.slice(0, index));
    for (; index < plan.statements.length; index++) {
      const statement = plan.statements[index];
      if (statement === undefined) break;
      const earlier = index === resumed.next_statement ? resumed.earlier : undefined;
      await retryLockTimeout(settings, (attempt) =>
        step(session, ledger, plan.name, index, statement, attempt > 0 ? 'failed' : earlier),
      );
    }
  } catch (error) {
    // When this fails too, the row stays `running`, from which a run resumes as well.
    await ledger.update(session, plan.name, { state: 'failed' }).catch(() => {});
    throw statementError(plan, index, error, settings.signal);
  }
  if (plan.direction === 'down') return await ledger.remove(session, plan.name);
  const execution_ms = resumed.execution_ms + Math.round(performance.now() - startedMs);
  await ledger.finish(session, plan.name, execution_ms);
}

interface Resumption {
  next_statement: number;
  execution_ms: number;
  /** How an earlier attempt of the next statement ended; undefined when there was none. */
  earlier: LedgerRow['state'] | undefined;
}

/** Marks the migration as running, and says where it resumes. */
async function begin(session: WorkSession, ledger: Ledger, plan: MigrationPlan): Promise<Resumption> {
  const row = (await ledger.rows(session)).find(({ name }) => name === plan.name);
  if (row === undefined) {
    await ledger.insert(session, plan, 'running');
    return { next_statement: 0, execution_ms: 0, earlier: undefined };
  }
  if (row.state === 'applied') {
    const start = { direction: 'down', down_checksum: plan.checksum, next_statement: 0 } as const;
    await ledger.update(session, plan.name, { state: 'running', ...start });
    return { next_statement: 0, execution_ms: 0, earlier: undefined };
  }
  await ledger.update(session, plan.name, { state: 'running' });
  return { next_statement: row.next_statement, execution_ms: row.execution_ms, earlier: row.state };
}

async function step(
  session: WorkSession,
  ledger: Ledger,
  name: string,
  index: number,
  statement: PlannedStatement,
  earlier: LedgerRow['state'] | undefined,
): Promise<void> {
  const record = (): Promise<void> => ledger.update(session, name, { next_statement: index + 1 });
  if (statement.nonTransactional === undefined) {
    await session.query('begin');
    try {
      await session.execute(statement.sql);
      await record();
      await session.query('commit');
    } catch (error) {
      await session.query('rollback').catch(() => {});
      throw error;
    }
    return;
  }
  const restore = statement.waitsHarmlessly ? await withoutLockTimeout(session) : undefined;
  const done =
    statement.leftover !== undefined &&
    earlier !== undefined &&
    (await recoverLeftover(session, statement.leftover, earlier === 'running'));
  if (!done) await session.execute(statement.sql);
  await record();
  await restore?.();
}

/** Waiting for old transactions harms nobody here, and a timeout would leave an invalid index. */
async function withoutLockTimeout(session: WorkSession): Promise<() => Promise<unknown>> {
  const [row] = await session.query(`select current_setting('lock_timeout') as value`);
  await session.query('set lock_timeout = 0');
  return () => session.query(`select set_config('lock_timeout', ?, false)`, [row?.['value']]);
}

/** A resumed run has a new session, without the settings that the statements before made. */
async function replaySettings(session: WorkSession, done: readonly PlannedStatement[]): Promise<void> {
  for (const { sql, sessionSetting } of done) if (sessionSetting) await session.execute(sql);
}

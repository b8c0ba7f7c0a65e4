import type { Ledger } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
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
      const record = (): Promise<void> => ledger.update(session, plan.name, { next_statement: index + 1 });
      const earlier = index === resumed.nextStatement ? resumed.earlier : undefined;
      await retryLockTimeout(settings, (attempt) =>
        runStatement(session, statement, record, attempt > 0 ? 'failed' : earlier),
      );
      index++;
    }
  } catch (error) {
    // When this fails too, the row stays `running`, from which a run resumes as well.
    const failed = { state: 'failed', execution_ms: executionMs() } as const;
    await asMigrator(session, () => ledger.update(session, plan.name, failed)).catch(() => {});
    throw statementError(plan, index, error, settings.signal);
  }
  await asMigrator(session, () =>
    plan.direction === 'down'
      ? ledger.remove(session, plan.name)
      : ledger.finish(session, plan.name, executionMs()),
  );
}

/** Writes the ledger whatever role or search path the statements have set for the session. */
async function asMigrator(session: WorkSession, write: () => Promise<void>): Promise<void> {
  await session.transaction(async () => {
    await session.ownSettings();
    await write();
  });
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
  const row = (await ledger.rows(session)).find(({ name }) => name === plan.name);
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

/** @param earlier how an earlier attempt of the statement ended; undefined when there was none */
async function runStatement(
  session: WorkSession,
  { sql, nonTransactional }: PlannedStatement,
  record: () => Promise<void>,
  earlier: LedgerRow['state'] | undefined,
): Promise<void> {
  if (nonTransactional === undefined) {
    return await session.transaction(async () => {
      await session.execute(sql);
      await session.ownSettings();
      await record();
    });
  }
  const { waitsHarmlessly, leftover } = nonTransactional;
  const restore = waitsHarmlessly ? await withoutLockTimeout(session) : undefined;
  const done =
    leftover !== undefined &&
    earlier !== undefined &&
    (await recoverLeftover(session, leftover, earlier === 'running'));
  if (!done) await session.execute(sql);
  await asMigrator(session, record);
  await restore?.();
}

/** Waiting for old transactions blocks nobody here, and a timeout would leave an invalid index. */
async function withoutLockTimeout(session: WorkSession): Promise<() => Promise<unknown>> {
  const [row] = await session.query(`select current_setting('lock_timeout') as value`);
  await session.query('set lock_timeout = 0');
  return () => session.query(`select set_config('lock_timeout', ?, false)`, [row?.['value']]);
}

/** A resumed run has a new session, without the settings that earlier statements made. */
async function replaySettings(session: WorkSession, done: readonly PlannedStatement[]): Promise<void> {
  for (const { sql, sessionSetting } of done) if (sessionSetting) await session.execute(sql);
}

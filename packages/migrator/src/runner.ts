import { AsyncLocalStorage } from 'node:async_hooks';
import type { IMigrationRunner } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { forgetProgress } from './backfill/progress-table.ts';
import type { Direction } from './collect-queries.ts';
import type { CallbackRunner } from './files/callbacks.ts';
import type { Ledger } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import type { MigrationSource } from './migration-source.ts';
import { type MigrationPlan, planMigration } from './plan-migration.ts';
import { refuse } from './refuse-faults.ts';
import { runOpaque } from './run-opaque.ts';
import { runStepwise } from './run-stepwise.ts';
import { runTransactional } from './run-transactional.ts';
import { coverage } from './squash/coverage.ts';
import { type Run, WorkSessions } from './work-session.ts';

/** What the migrations of one call share. */
interface RunState {
  run: Run;
  sessions: WorkSessions;
  /** Those that were planned before the run, by name. */
  plans: ReadonlyMap<string, MigrationPlan>;
  callbacks: CallbackRunner;
  /** Runs those of the backfills that are not finished. */
  runBackfills: (names: readonly string[]) => Promise<void>;
}

/** Executes migrations one by one, and records them in the ledger. */
export class Runner implements IMigrationRunner {
  readonly #driver: AbstractSqlDriver;
  readonly #ledger: () => Ledger;
  readonly #state = new AsyncLocalStorage<RunState>();

  /** @param ledger called when a migration runs: MikroORM creates the runner before the storage */
  constructor(driver: AbstractSqlDriver, ledger: () => Ledger) {
    this.#driver = driver;
    this.#ledger = ledger;
  }

  /** Calls `use`; the migrations that it runs are part of `run`, and share its session as far as they leave it clean. */
  async during<Result>(
    run: Run,
    plans: readonly MigrationPlan[],
    callbacks: CallbackRunner,
    runBackfills: RunState['runBackfills'],
    use: () => Promise<Result>,
  ): Promise<Result> {
    await using sessions = new WorkSessions(this.#driver, run);
    const byName = new Map(plans.map((plan) => [plan.name, plan]));
    const state = { run, sessions, plans: byName, callbacks, runBackfills };
    return await this.#state.run(state, () => callbacks.during({ sessions, settings: run.settings }, use));
  }

  /** Runs a migration in the run of {@link during}. */
  async apply(source: MigrationSource, direction: Direction): Promise<void> {
    const state = this.#state.getStore();
    if (state === undefined) throw new Error('A migration can only run under the lock of up() or down().');
    const { run, sessions, plans, callbacks, runBackfills } = state;
    const planned = direction === 'up' ? plans.get(source.name) : undefined;
    const plan = planned ?? (await planMigration(source, direction, this.#driver));
    refuse(plan.faults.map((problem) => ({ name: plan.name, problem })));
    const ledger = this.#ledger();
    if (direction === 'up' && plan.replaces.length > 0 && (await isRecordedOnly(plan, ledger))) {
      return await ledger.insert(ledger, entryOf(plan), 'applied');
    }
    if (plan.requiresBackfills.length > 0) {
      if (direction === 'up') await runBackfills(plan.requiresBackfills);
      // What is reverted before it may take the filled column away: it is filled again before this one is applied again.
      else await forgetProgress(ledger, plan.requiresBackfills);
    }
    const settings = { ...run.settings, ...plan.settings };
    const event = { direction, migration: plan.name };
    await callbacks.around(event, { sessions, settings: run.settings }, () =>
      sessions.use(plan, async (session) => {
        await session.apply(plan.settings);
        if (plan.fingerprint === null) {
          return await runOpaque(session, ledger, { plan, source, driver: this.#driver }, settings);
        }
        const execute = plan.nonTransactionalReason === undefined ? runTransactional : runStepwise;
        return await execute(session, ledger, plan, settings);
      }),
    );
  }

  /** Nothing calls it: the migrations that MikroORM is given call {@link apply}. */
  async run(): Promise<void> {
    throw new Error('Migrations are run by apply().');
  }

  /** MikroORM never calls it: `allOrNothing` is off. */
  setMasterMigration(): void {}

  /** MikroORM never calls it: `allOrNothing` is off. */
  unsetMasterMigration(): void {}
}

/** Looks again: the run may have applied what a squash waits for, or the options of the run have left it out. */
async function isRecordedOnly(plan: MigrationPlan, ledger: Ledger): Promise<boolean> {
  const squash = coverage([plan], await ledger.rows()).pending.get(plan.name);
  if (squash?.action === 'wait') {
    const problem = `replaces ${squash.open.join(', ')}, which are not applied, unlike others that it replaces. Apply them first.`;
    refuse([{ name: plan.name, problem }]);
  }
  return squash?.action === 'record';
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { IMigrationRunner } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from './collect-queries.ts';
import { SqlMigration } from './files/sql-migration.ts';
import type { Ledger } from './ledger.ts';
import { planMigration } from './plan-migration.ts';
import { refuse } from './refuse-faults.ts';
import { runStepwise } from './run-stepwise.ts';
import { runTransactional } from './run-transactional.ts';
import { type Run, withWorkSession } from './work-session.ts';

/** Executes one migration in a session of its own, and records it in the ledger. */
export class Runner implements IMigrationRunner {
  readonly #driver: AbstractSqlDriver;
  readonly #ledger: () => Ledger;
  readonly #run = new AsyncLocalStorage<Run>();

  /** @param ledger called when a migration runs: MikroORM creates the runner before the storage */
  constructor(driver: AbstractSqlDriver, ledger: () => Ledger) {
    this.#driver = driver;
    this.#ledger = ledger;
  }

  /** Calls `use`; the migrations that it runs are part of `run`. */
  during<Result>(run: Run, use: () => Promise<Result>): Promise<Result> {
    return this.#run.run(run, use);
  }

  /** Runs `migration`, whose `name` is set, in the run of {@link during}. */
  async run(migration: Migration, direction: Direction): Promise<void> {
    const runOfAll = this.#run.getStore();
    if (runOfAll === undefined) throw new Error('A migration can only run under the lock of up() or down().');
    const plan = await planMigration(migration, direction, this.#driver);
    const ownSettings = migration instanceof SqlMigration ? migration.settings : {};
    const run = { ...runOfAll, settings: { ...runOfAll.settings, ...ownSettings } };
    refuse(plan.faults.map((problem) => ({ name: plan.name, problem })));
    const execute = plan.nonTransactionalReason === undefined ? runTransactional : runStepwise;
    await withWorkSession(this.#driver, run, (session) =>
      execute(session, this.#ledger(), plan, run.settings),
    );
  }

  /** MikroORM never calls it: `allOrNothing` is off. */
  setMasterMigration(): void {}

  /** MikroORM never calls it: `allOrNothing` is off. */
  unsetMasterMigration(): void {}
}

import { join } from 'node:path';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from '../collect-queries.ts';
import { excerpt } from '../excerpt.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { RunSettings } from '../options.ts';
import { type MigrationPlan, planMigration } from '../plan-migration.ts';
import { type Fault, refuse } from '../refuse-faults.ts';
import { isLockFailure } from '../locks/lock-failure.ts';
import { LockWaitClock } from '../locks/lock-wait-clock.ts';
import { takeLocks } from '../locks/take-locks.ts';
import { underLocks } from '../locks/under-locks.ts';
import type { WorkSessions } from '../work-sessions.ts';
import { type CallbackEvent, type CallbackName, callbackNames, type Callbacks } from './callback.ts';
import { notCopiedFaults, sqlFilesIn } from './find-sql-files.ts';
import type { MigrationFolders } from './migration-folders.ts';
import { withoutEnding } from './migration-name.ts';
import { sqlMigrationSource } from './sql-migration.ts';

/** The folder beside the migrations whose SQL files are callbacks, by their names. */
const callbackFolder = 'callbacks';

/**
 * The SQL files of callbacks, planned, by name.
 *
 * @throws UserError `migrations-refused`: names every file that is wrong.
 */
export async function planCallbacks(
  { read, source }: MigrationFolders,
  driver: AbstractSqlDriver,
): Promise<Map<string, MigrationPlan>> {
  const folder = join(read, callbackFolder);
  const sourceFolder = source === undefined ? undefined : join(source, callbackFolder);
  const faults: Fault[] = await notCopiedFaults(folder, sourceFolder);
  const plans = new Map<string, MigrationPlan>();
  for (const file of await sqlFilesIn(folder)) {
    const name = withoutEnding(file);
    const shown = `${callbackFolder}/${file}`;
    if (!callbackNames.some((each) => each === name) || file !== `${name}.sql`) {
      faults.push({
        name: shown,
        problem: `is no callback: ${callbackNames.map((each) => `${each}.sql`).join(', ')}.`,
      });
      continue;
    }
    const headers = ['lock-timeout', 'statement-timeout'] as const;
    const paths = { up: join(folder, file) };
    try {
      const plan = await planMigration(sqlMigrationSource(name, paths, driver.config, headers), 'up', driver);
      faults.push(...plan.faults.map((problem) => ({ name: shown, problem })));
      if (plan.nonTransactionalReason !== undefined) {
        faults.push({ name: shown, problem: `runs outside a transaction (${plan.nonTransactionalReason}).` });
      }
      plans.set(name, plan);
    } catch (error) {
      if (!isUserError(error)) throw error;
      faults.push({ name: shown, problem: error.message });
    }
  }
  refuse(faults);
  return plans;
}

/** The callbacks of one run: SQL files first, each in a transaction of its own, then functions. */
export class CallbackRunner {
  readonly #functions: Callbacks;
  readonly #plans: ReadonlyMap<string, MigrationPlan>;
  #direction: Direction | undefined;
  #migration: string | undefined;

  constructor(functions: Callbacks, plans: ReadonlyMap<string, MigrationPlan>) {
    this.#functions = functions;
    this.#plans = plans;
  }

  /** Calls `apply`, which runs a migration, between the callbacks of each, and those of the run where it is the first. */
  async around(
    { direction, migration }: Required<Omit<CallbackEvent, 'error'>>,
    context: CallbackContext,
    apply: () => Promise<void>,
  ): Promise<void> {
    const isFirst = this.#direction === undefined;
    this.#direction = direction;
    this.#migration = migration;
    if (isFirst && direction === 'up') await this.#call('beforeUp', context);
    await this.#call('beforeEach', context);
    await apply();
    await this.#call('afterEach', context);
  }

  /** Calls `use`, which runs migrations, and then `afterUp` if it ran one, or `onError` if it failed. */
  async during<Result>(context: CallbackContext, use: () => Promise<Result>): Promise<Result> {
    try {
      const result = await use();
      if (this.#direction === 'up') await this.#call('afterUp', context);
      return result;
    } catch (error) {
      // What was refused or failed before the first migration is no failure of a run.
      if (this.#direction === undefined) throw error;
      throw await this.#failed(error, context);
    }
  }

  /** The error of a run, with what `onError` failed at. */
  async #failed(error: unknown, context: CallbackContext): Promise<unknown> {
    try {
      await this.#call('onError', context, error);
      return error;
    } catch (second) {
      if (!isUserError(error) || !isUserError(second)) return error;
      return new UserError(error.code, `${error.message}\n${second.message}`, {
        hint: error.hint,
        cause: error,
      });
    }
  }

  async #call(name: CallbackName, { sessions, settings }: CallbackContext, error?: unknown): Promise<void> {
    const direction = this.#direction ?? 'up';
    const migration = name === 'beforeUp' || name === 'afterUp' ? undefined : this.#migration;
    const plan = this.#plans.get(name);
    if (plan !== undefined) {
      await runPlan(plan, sessions, { ...settings, ...plan.settings }).catch((cause: unknown) => {
        throw this.#error(name, `${callbackFolder}/${name}.sql`, cause);
      });
    }
    try {
      await this.#functions[name]?.({ direction, migration, error });
    } catch (cause) {
      throw this.#error(name, `The callback ${name}`, cause);
    }
  }

  #error(name: CallbackName, what: string, cause: unknown): UserError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const done = this.#direction === 'down' ? 'reverted' : 'applied';
    const again = `Correct it, then run it again: ${migratorCommand(this.#direction ?? 'up')}.`;
    const byHand =
      'Correct it, and do by hand what it has not done: it is called again with the next migration only.';
    const states: Record<CallbackName, [state: string, hint: string]> = {
      beforeUp: ['No migration was run.', again],
      beforeEach: [`Migration ${this.#migration} was not ${done}; earlier ones of the run stay.`, again],
      afterEach: [`Migration ${this.#migration} is ${done}.`, byHand],
      afterUp: ['All migrations of the run are applied.', byHand],
      onError: ['', byHand],
    };
    const [state, hint] = states[name];
    return new UserError('callback-failed', `${what} failed: ${reason}${state && `\n${state}`}`, {
      hint,
      cause,
    });
  }
}

interface CallbackContext {
  sessions: WorkSessions;
  settings: RunSettings;
}

async function runPlan(plan: MigrationPlan, sessions: WorkSessions, settings: RunSettings): Promise<void> {
  await sessions.use(plan, async (session) => {
    await session.apply(plan.settings);
    const clock = new LockWaitClock(plan, settings);
    await underLocks(session, plan.statements, clock, (locks) =>
      session.transaction({
        begin: (opening) => takeLocks(session, locks, opening),
        work: async () => {
          for (const { sql, secret } of plan.statements) {
            await session.execute(sql).catch((cause: unknown) => {
              if (isLockFailure(cause)) throw cause;
              const reason = cause instanceof Error ? cause.message : String(cause);
              throw new Error(`${reason}, at ${excerpt(sql, secret)}`, { cause });
            });
          }
        },
      }),
    );
  });
}
